import FleetStore
import Foundation

/// The names of a scope's keys in a server: docs/design/fleet.md, "Keys".
///
/// The braces put all keys of a scope into one slot of a cluster.
struct FleetKeys: Sendable, Equatable {
  let state: String
  let members: String
  let queue: String
  let seen: String
  let window: String

  /// - Parameter prefix: the user's own, which keeps fleets apart; it may be empty.
  init(_ scope: FleetScope, prefix: String) {
    state = Self.start(prefix) + FleetName.encode(scope.name) + "}"
    members = state + ":m"
    queue = state + ":q"
    seen = state + ":x"
    window = state + ":w"
  }

  /// What the state keys of a prefix have in common, as a pattern of `SCAN`.
  static func pattern(prefix: String) -> String { start(prefix) + "*}" }

  /// The scope of a state key; nil for other keys, and for names that were too long to be kept.
  static func scope(of key: String, prefix: String) -> FleetScope? {
    let start = start(prefix)
    guard key.hasPrefix(start), key.hasSuffix("}") else { return nil }
    let name = key.dropFirst(start.count).dropLast()
    return name.contains("~") ? nil : name.removingPercentEncoding.map { FleetScope($0) }
  }

  private static func start(_ prefix: String) -> String { FleetName.keysStart(prefix: prefix) + "{" }

  /// In the order of the script.
  var all: [String] { [state, members, queue, seen, window] }
}
