import ArgumentParser
import Bedquota
import BedrockEmulator
import Foundation
import Reports

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "The tour, in under a minute: quotas, boto3 beside the gateway and the client, charts. No account, no network.",
    discussion: """
      Everything happens against emulators inside this process, which charge and throttle as Bedrock does. It costs nothing and \
      changes nothing but the two files that it writes.

      EXAMPLE: bedquota demo
      """)

  @Option(help: ArgumentHelp("The folder for the charts; created if it doesn't exist.", valueName: "dir"), completion: .directory)
  var directory = "bedquota-demo"

  @Flag(name: .customLong("no-color"), help: "Print without colors, as with NO_COLOR or into a pipe.")
  var noColor = false

  @Flag(help: "Print no progress to stderr.")
  var quiet = false

  func run() async throws {
    let console = Console(isQuiet: quiet, noColor: noColor, environment: ProcessInfo.processInfo.environment)
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw BedquotaError.file("The folder \(directory) can't be made", error, parameters: ["directory"])
    }
    let page = try await OutputFile("\(directory)/dashboard.html", console)
    let picture = try await OutputFile("\(directory)/dashboard.svg", console)
    try await Demo.with { demo in
      console.print(prose: DemoText.title)
      console.print(prose: DemoText.quotas(demo))
      console.print(prose: DemoText.beforeTheRace)
      let outcome = try await ProgressLine.with(console, "Sending …", plainEvery: .seconds(10)) { line in
        try await demo.race { elapsed in line.update(DemoText.progress(elapsed)) }
      }
      console.print(DemoText.table(outcome, usesColor: console.usesColor, width: TerminalWidth.of(STDOUT_FILENO)))
      let dashboard = Dashboard(outcome.reports, region: demo.session.region)
      try page.write(try dashboard.html())
      try picture.write(dashboard.svg)
      console.print(prose: DemoText.end(files: [page.path, picture.path]))
    }
  }
}
