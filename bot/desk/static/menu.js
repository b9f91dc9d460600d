// On a phone the menu is one line that is pushed sideways: begin where one is.
const here = document.querySelector(".menu [aria-current]");
if (here) {
  const menu = here.closest(".menu");
  menu.scrollLeft = here.offsetLeft - menu.offsetLeft - (menu.clientWidth - here.offsetWidth) / 2;
}
