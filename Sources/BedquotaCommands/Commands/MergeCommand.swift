import ArgumentParser
import Bedquota
import Foundation
import Reports

struct MergeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Join the outputs of the shards of a run.",
    discussion: """
      Takes the output that `bedquota run --shard` was given, finds the outputs of all shards beside it, and writes them into one file, in \
      the order of the shards. A shard that is missing, still written, cut off or damaged is named, and nothing is written; with --input, so \
      is one that lacks results. Nothing is deleted.

      EXAMPLE: bedquota merge out.jsonl --input in.jsonl
      """)

  @Argument(help: ArgumentHelp("The output of the run, without a shard's number.", valueName: "file"), completion: .file())
  var outputFile: String

  @Option(
    help: ArgumentHelp("The run's input, to check that every record has a result.", valueName: "file"),
    completion: .file(extensions: ["jsonl"]))
  var input: String?

  @Option(help: ArgumentHelp("How to print the result.", valueName: "format"))
  var output: OutputFormat = .table

  @Flag(help: "Print only errors to stderr.")
  var quiet = false

  func validate() throws { try output.requireTableOrJSON("merge") }

  func run() async throws {
    let merged = try MergedShards(to: URL(filePath: outputFile), input: input.map(RunCommand.open))
    let console = Console(isQuiet: quiet, noColor: true, environment: ProcessInfo.processInfo.environment)
    console.note(RunText.merged(merged, into: outputFile, isChecked: input != nil))
    if output == .json { console.print(try JSONOutput.encode(MergedPayload(merged, outputFile: outputFile))) }
  }
}
