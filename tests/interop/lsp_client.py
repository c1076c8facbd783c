#!/usr/bin/env python3
"""pygls' client, unchanged, and `rhain lsp`: a person writes a runbook that imports a module, makes mistakes, mends them.

Usage: lsp_client.py RHAIN. Exits non-zero at the first difference.
"""

import asyncio
import pathlib
import sys
import tempfile

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

MODULE = """\
/// Boot so many servers.
fn grow(name, count) {
    let specs = [];
    for n in 1..=count {
        specs.push(#{ name: `${name}-${n}`, image: "cirros", flavor: "m1.tiny" });
    }
    boot_all(specs)
}
export const SIZE = 3;
"""
SITE = """\
// A site of web servers.
import "lib/web" as web;
const NAME = param("name", "web", "How their names begin.");
let fleet = web::grow(NAME, web::SIZE);
let mark = "größe 😀"; let first = fleet[0]; bot(first.name);
print(`${mark} ${first}`);
"""
# Enough for a busy machine; nothing is measured by it.
PATIENCE = 120


def must(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")
    print(f"ok  {what}")


class Editor(LanguageClient):
    """An editor with documents, and cursors given by a word in them."""

    def __init__(self):
        super().__init__("editor", "1")
        self.told = asyncio.Queue()
        self.texts = {}

        @self.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def publish(params):
            self.told.put_nowait(params)

        @self.feature(lsp.CLIENT_REGISTER_CAPABILITY)
        def register(params):
            self.registered = [one.method for one in params.registrations]

    async def diagnostics(self, uri, version):
        """The diagnostics of this version of a document: `code line:column-line:column`."""
        while True:
            params = await asyncio.wait_for(self.told.get(), PATIENCE)
            if params.uri == uri and params.version == version:
                return list(params.diagnostics)

    def open(self, path, text):
        uri = path.as_uri()
        self.texts[uri] = (text, 1)
        self.text_document_did_open(lsp.DidOpenTextDocumentParams(
            lsp.TextDocumentItem(uri=uri, language_id="rhai", version=1, text=text)))
        return uri

    def replace(self, uri, old, new):
        """Type `new` over the first `old`; the new version."""
        text, version = self.texts[uri]
        at = text.index(old)
        change = lsp.TextDocumentContentChangePartial(
            range=lsp.Range(place(text, at), place(text, at + len(old))), text=new)
        self.texts[uri] = (text.replace(old, new, 1), version + 1)
        self.text_document_did_change(lsp.DidChangeTextDocumentParams(
            lsp.VersionedTextDocumentIdentifier(version=version + 1, uri=uri), [change]))
        return version + 1

    def cursor(self, uri, before, plus=0):
        """The document, and the place behind the first `before`."""
        text = self.texts[uri][0]
        return {"text_document": lsp.TextDocumentIdentifier(uri),
                "position": place(text, text.index(before) + len(before) + plus)}

    def applied(self, uri, edits):
        """The document's text after edits."""
        text = self.texts[uri][0]
        for edit in sorted(edits, key=lambda edit: (edit.range.start.line, edit.range.start.character), reverse=True):
            start, end = byte(text, edit.range.start), byte(text, edit.range.end)
            text = text[:start] + edit.new_text + text[end:]
        return text


def place(text, at):
    """A place as the protocol counts: lines, and UTF-16 units."""
    before = text[:at].split("\n")
    return lsp.Position(len(before) - 1, len(before[-1].encode("utf-16-le")) // 2)


def byte(text, position):
    line = text.split("\n")[position.line]
    column = len(line.encode("utf-16-le")[:position.character * 2].decode("utf-16-le"))
    return sum(len(one) + 1 for one in text.split("\n")[:position.line]) + column


def span(text, region):
    return text[byte(text, region.start):byte(text, region.end)]


async def refused(what, words, call):
    try:
        await call
    except JsonRpcException as error:
        if words not in str(error):
            sys.exit(f"{what}: refused in other words: {error}")
        print(f"ok  {what}")
        return
    sys.exit(f"{what}: was not refused")


async def session(rhain, folder):
    (folder / "lib").mkdir()
    (folder / "lib" / "web.rhai").write_text(MODULE)
    editor = Editor()
    await editor.start_io(rhain, "lsp", cwd=folder)
    document = lsp.TextDocumentClientCapabilities
    begun = await editor.initialize_async(lsp.InitializeParams(
        process_id=None,
        root_uri=folder.as_uri(),
        capabilities=lsp.ClientCapabilities(
            text_document=document(
                publish_diagnostics=lsp.PublishDiagnosticsClientCapabilities(related_information=True),
                document_symbol=lsp.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True)),
            workspace=lsp.WorkspaceClientCapabilities(
                workspace_edit=lsp.WorkspaceEditClientCapabilities(document_changes=True),
                did_change_watched_files=lsp.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)),
            general=lsp.GeneralClientCapabilities(position_encodings=[lsp.PositionEncodingKind.Utf16]))))
    must("its name", begun.server_info.name, "rhain")
    must("positions", begun.capabilities.position_encoding, lsp.PositionEncodingKind.Utf16)
    editor.initialized(lsp.InitializedParams())

    path = folder / "site.rhai"
    uri = editor.open(path, SITE)
    found = await editor.diagnostics(uri, 1)
    must("a verb that does not exist", [(one.code, span(SITE, one.range)) for one in found],
         [("call::unknown_verb", "bot")])
    must("its severity", found[0].severity, lsp.DiagnosticSeverity.Error)

    version = editor.replace(uri, "bot(first.name)", "print(first.name)")
    must("mended as it is typed", await editor.diagnostics(uri, version), [])

    target = await editor.text_document_definition_async(lsp.DefinitionParams(**editor.cursor(uri, "web::gr")))
    must("a function's definition is in its module", (target.uri, span(MODULE, target.range)),
         ((folder / "lib" / "web.rhai").as_uri(), "grow"))
    target = await editor.text_document_definition_async(lsp.DefinitionParams(**editor.cursor(uri, "web::SIZE")))
    must("a module's constant", span(MODULE, target.range), "SIZE")
    target = await editor.text_document_definition_async(lsp.DefinitionParams(**editor.cursor(uri, "${ma")))
    must("a variable", (target.uri, target.range.start), (uri, lsp.Position(4, 4)))

    module = editor.open(folder / "lib" / "web.rhai", MODULE)
    editor.replace(module, "export const SIZE", "\nexport const SIZE")
    target = await editor.text_document_definition_async(lsp.DefinitionParams(**editor.cursor(uri, "web::SIZE")))
    must("a module that is not saved", target.range.start.line, 9)

    outline = await editor.text_document_document_symbol_async(
        lsp.DocumentSymbolParams(lsp.TextDocumentIdentifier(uri)))
    must("the outline", [(one.name, one.detail, one.kind.name) for one in outline],
         [("web", "lib/web", "Module"), ("NAME", "How their names begin.", "Property"),
          ("fleet", "variable", "Variable"), ("mark", "variable", "Variable"), ("first", "variable", "Variable")])

    prepared = await editor.text_document_prepare_rename_async(
        lsp.PrepareRenameParams(**editor.cursor(uri, "let first")))
    must("what is renamed", prepared.placeholder, "first")
    edit = await editor.text_document_rename_async(lsp.RenameParams(**editor.cursor(uri, "let first"), new_name="web1"))
    changes = edit.document_changes[0]
    must("a rename is of the newest version", changes.text_document.version, version)
    must("a rename", editor.applied(uri, changes.edits),
         editor.texts[uri][0].replace("let first", "let web1").replace("(first.", "(web1.").replace("${first}", "${web1}"))
    for name, words in [("fleet", "`fleet` is taken"), ("while", "`while` is a word"), ("boot", "`boot` is a verb"),
                        ("1st", "`1st` is no name")]:
        await refused(f"a rename to {name}", words, editor.text_document_rename_async(
            lsp.RenameParams(**editor.cursor(uri, "let first"), new_name=name)))

    places = await editor.text_document_references_async(lsp.ReferenceParams(
        **editor.cursor(uri, "let first"), context=lsp.ReferenceContext(include_declaration=False)))
    must("references", [place.range.start.line for place in places], [4, 5])

    version = editor.replace(uri, "print(`", "let more = boot(\"web-9\", #{ image: \"cirros\", fla });\nprint(`")
    asked = lsp.CompletionParams(**editor.cursor(uri, "cirros\", fla"))
    offered = await editor.text_document_completion_async(asked)
    must("an option is completed", [one.label for one in offered.items][:1], ["flavor"])
    must("over the word", span(editor.texts[uri][0], offered.items[0].text_edit.range), "fla")
    editor.replace(uri, "fla }", "flavor: \"m1.tiny\" }")
    version = editor.replace(uri, "print(`", "more.res;\nprint(`")
    offered = await editor.text_document_completion_async(lsp.CompletionParams(**editor.cursor(uri, "more.res")))
    must("a server's verbs are completed", "resize" in [one.label.split("(")[0] for one in offered.items], True)

    shown = await editor.text_document_hover_async(lsp.HoverParams(**editor.cursor(uri, "= bo")))
    must("what a verb is", ("boot(" in shown.contents.value, span(editor.texts[uri][0], shown.range)), (True, "boot"))
    help = await editor.text_document_signature_help_async(
        lsp.SignatureHelpParams(**editor.cursor(uri, "boot(\"web-9\", ")))
    form = help.signatures[help.active_signature]
    must("a signature", (form.label, help.active_parameter), ("boot(name, #{…})", 1))
    help = await editor.text_document_signature_help_async(lsp.SignatureHelpParams(**editor.cursor(uri, "web::grow(")))
    must("an imported function's signature", help.signatures[0].label.startswith("grow(name, count)"), True)

    await refused("a method that does not exist", "not known here",
                  editor.protocol.send_request_async("rhain/nothing", {}))
    editor.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri)))
    must("closing clears", await editor.diagnostics(uri, None), [])
    must("it asked for changed files", editor.registered, ["workspace/didChangeWatchedFiles"])

    await editor.shutdown_async(None)
    editor.exit(None)
    code = await asyncio.wait_for(editor._server.wait(), PATIENCE)
    must("it ends well", code, 0)
    await editor.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        asyncio.run(session(str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(scratch).resolve()))
    print("all is as it should be")
