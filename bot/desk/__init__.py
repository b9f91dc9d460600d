"""The staff's side: pages for those who answer citizens, edit content and look after people and log."""
