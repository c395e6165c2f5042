import ArgumentParser

@main
struct ClientBenchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "client-benchmark",
    abstract: "The part of scripts/benchmark-clients that uses our client.",
    subcommands: [RunCommand.self, OverheadCommand.self])
}
