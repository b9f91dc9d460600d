"""The editor's studio: content files, drafts, phrasings, publishing, sharing. Knows nothing of HTTP; its pages are in bot/desk.

The files of `data/` are the truth. An editor never writes them: an editor keeps a draft, and a publication puts drafts into the files.

    studio = Studio.open(settings, database, engine)   # bot/studio/studio.py
    await studio.start()    # before the engine loads: finishes a publication that was cut off; then works until `await studio.stop()`

State (state.py): one service in one layer. `State(layer, id, subject, fields, phrasings, tests, gone)`
    layer      SHARED ("faelles"), or a municipality's id: what it words differently
    subject    name of the file in data/services; "" in a municipality's layer
    fields     the schema's fields without `id`, as plain data (bot/catalogue/schema.py: Service; municipality.py: Replacement)
    phrasings, tests   sentences that are trained on, and the editors' own that never are; () in a municipality's layer
    gone       removed from the shared catalogue, or hidden by the municipality
    `.hash` names the version. `differences(before, after)` → [Difference(field, label, before, after, added, removed)]

studio.files: ContentFiles (content_files.py); synchronous, milliseconds
    .subjects() → [Subject(name, title, services, problems)]; a subject broken by hand has problems and does not stop the others
    .services() → [Listed(id, title, subject, authority, department, answer, phrasings, marks)]; marks: MARKS
    .read(id, layer=SHARED) → State | None                      raises ContentError when just that file is broken
    .problems(state, subject_title="") → [Problem(path, line, field, remedy)] what publishing would refuse
    .places() → [Phrasing(text, intent, path, line)] every phrasing there is

studio.drafts: Drafts (drafts.py)
    await .all() → [Draft(id, layer, state, base, author, author_name, changed_at, version)]
    await .get(service_id, layer=SHARED) → Draft | None
    await .open(service_id, layer=SHARED) → Opened(state, version, draft): the draft if there is one, else the live files
    await .save(state, version, author, author_name, subject_title="") → Draft | None (None: nothing differs from the files)
        `version` from `open`; "" for a new service
        raises Conflict(yours, theirs, version, author_name, differences): someone saved meanwhile; merge and save with its version
    await .discard(service_id, layer, version) → bool ; await .diff(draft) → [Difference] against the live files
    await .restate(draft) → (State, [field]): the draft on top of files changed under it, and the fields both changed
    await .rebase(draft) → Draft    takes the files' changes in; the draft's stand where both changed

studio.phrasings: PhrasingCheck (phrasing_check.py)
    await .line(service_id, text, others=()) → [Finding(kind, severity, text, service, title, probability, other)]
        kinds: FINDINGS; severity: "error" (publishing refuses), "warning", "good"
    .whole(service_id, phrasings) → [Finding]: thin list, template smell, twins in the list

studio.tryout: TryOut (try_out.py)
    await .explain(text, publication_id=None) → dict for the Try-it pane (shape: try_out.py); a publication's own model if named
    .preview(state) → {"reply": Reply.as_dict(), "guide": {…} | None, "problems": [str]}: the answer as a citizen sees it

studio.publications: Publications (publications.py); the work itself is done by publish_worker.py
    await .start(author, author_name, reason, drafts=[Draft], at=None) → Publication     raises NothingToPublish
    await .all(limit=50) / .get(id) → Publication(id, author, …, state, progress, report, scheduled_at, approved_by, live_at, changes)
        state: queued → checking → training → comparing → ready → approved → live; or failed; later rolled_back
        report: {"problems": [str], "hints": [str], "compare": {…}, "seconds": {…}}; shape: build.py
    await .approve(id, by, by_name, at=None)    raises FourEyes; goes live at once or at `at`
    await .cancel(id, by, by_name) ; await .retry(id, by, by_name) → Publication
        raise NotNow with a Danish sentence when the state does not allow it
    await .last_changed() → {service id: (when it went live, author's name)}
    .hear(listener) → unsubscribe: `listener(Publication)` at each step in this process; otherwise poll `.get`

studio.going_live
    await .roll_back(id, by, by_name, reason) → Publication    the latest one; files, model and drafts as before. Raises NotNow

bundle.py      export_bundle(files, ids, municipality, licence, with_phrasings=True) → bytes
               read_bundle(bytes, texts) → Bundle(manifest, states, titles)    raises BundleRefused(reasons: Danish sentences); call in a thread
               compare_bundle(bundle, files, texts) → [BundleLine(service, title, kind, field, label, here, there, added)]
               await draft_bundle(bundle, {id: fields or None for all}, drafts, author, author_name) → [Draft]   never writes live
spreadsheets.py  phrasings_csv(files, ids=None) / phrasings_xlsx(files, ids=None) → bytes
               read_phrasings_csv(bytes, files, texts) / read_phrasings_xlsx(…) → Upload(phrasings, known, errors=[RowError(row, text)])
                   raises UploadRefused with a Danish sentence
               await draft_upload(upload, drafts, author, author_name) → [Draft]

Links, notices and what citizens asked in vain are told in link_watch.py, notices.py, chat_settings.py and learning.py.
Every Danish sentence comes from `data/texts/desk.yml` (`studio.texts`), keys `studio_…`; what is wrong in a file is told as in bot/catalogue.
"""
