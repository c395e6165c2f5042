import FleetNetwork
import FleetStore
import Foundation
import Logging

/// Compares the store's arithmetic in Swift with a server's script, bit for bit.
///
/// ```
/// fleet-parity redis://127.0.0.1:6379 100000 [SEED]   plays as many operations through both
/// fleet-parity trace 100000 [SEED]                    prints operations and replies, for Tests/clients/fleet_trace.py
/// fleet-parity script                                 prints the script; library prints it for FUNCTION LOAD
/// ```
@main
struct FleetParity {
  static func main() async throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    guard let command = arguments.first else {
      print("fleet-parity URL|trace OPERATIONS [SEED], or fleet-parity script|library")
      exit(2)
    }
    arguments.removeFirst()
    let count = arguments.first.flatMap { Int($0) } ?? 1_000
    let seed = arguments.dropFirst().first.flatMap { Int($0) } ?? 1
    switch command {
    case "script": print(SyncScript.source, terminator: "")
    case "library": print(SyncScript.library, terminator: "")
    case "trace": try trace(count, seed)
    default: try await compare(command, count, seed)
    }
  }

  private static func trace(_ count: Int, _ seed: Int) throws {
    let encoder = JSONEncoder()
    var (operations, seed) = (0, seed)
    while operations < count {
      var maker = TraceMaker(seed: seed, reach: .reference)
      var twin = FleetTwin()
      for _ in 0..<maker.length {
        let operation = maker.next()
        if !operation.lost.isEmpty { twin = FleetTwin() }
        let reply = try twin.sync(operation.request, at: operation.now)
        print(String(decoding: try encoder.encode(TraceLine(seed, operation, reply)), as: UTF8.self))
        maker.receive(reply, to: operation.request)
        operations += 1
      }
      seed += 1
    }
  }

  private static func compare(_ url: String, _ count: Int, _ seed: Int) async throws {
    let address = try ValkeyAddress(url, from: .environment)
    let store = try ValkeyFleetStore(address, logger: Logger(label: "fleet-parity"))
    var comparison = Comparison(store)
    let start = ContinuousClock.now
    var trace = seed
    while comparison.operations < count {
      // Two traces in three go beyond what the reference in Python has.
      if let difference = try await comparison.play(seed: trace, reach: trace % 3 == 0 ? .reference : .all) {
        print(difference)
        exit(1)
      }
      trace += 1
    }
    store.close()
    print(
      "\(address): \(trace - seed) traces, \(comparison.operations) operations equal, \(comparison.granted) grants, "
        + "\(comparison.refused) refusals, \(ContinuousClock.now - start)")
  }
}
