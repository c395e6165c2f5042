import Foundation

@main
enum Main {
  static func main() async throws {
    let isMet = try await Faults.run(only: CommandLine.arguments.dropFirst().compactMap { Int($0) })
    exit(isMet ? 0 : 1)
  }
}
