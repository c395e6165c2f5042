import ArgumentParser

@main
struct ClientBenchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "client-benchmark",
    abstract: "Our part of scripts/benchmark-clients.",
    subcommands: [RunCommand.self, OverheadCommand.self, ChartCommand.self])
}
