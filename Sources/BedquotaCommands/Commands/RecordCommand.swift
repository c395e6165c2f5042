import ArgumentParser
import Bedquota
import Foundation
import Reports

struct RecordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Save the account's quotas, models and profiles as a folder that --account takes.",
    discussion: """
      The files are what the AWS CLI prints for each call. They hold your account id, and nothing secret.
      \(CommandPermissions.help("record"))

      EXAMPLE: bedquota record my-account && bedquota list --emulator --account my-account
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: ArgumentHelp("The folder; created if it doesn't exist.", valueName: "dir"), completion: .directory)
  var directory: String

  func validate() throws {
    try global.requireTableOrJSON("record")
    guard !directory.isEmpty else { throw ValidationError("record takes the folder to write.") }
  }

  func run() async throws {
    let console = global.console
    let url = URL(filePath: directory, directoryHint: .isDirectory)
    let summary = try await global.withSession { session in
      try await ProgressLine.with(console, "Reading the account in \(session.region) …") { progress in
        try await AccountRecorder(session: session).record(into: url) { quotas, pages in
          progress.update("Reading quotas: \(quotas) from \(pages) pages …")
        }
      }
    }
    let payload = RecordingPayload(summary, directory: directory)
    if global.output == .json { console.print(try JSONOutput.encode(payload)) } else { console.note(payload.text) }
  }
}
