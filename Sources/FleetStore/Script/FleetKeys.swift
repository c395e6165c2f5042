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
    let own = prefix.isEmpty ? "" : FleetName.encode(prefix) + ":"
    state = "\(own)bq\(FleetState.protocolVersion):{\(FleetName.encode(scope.name))}"
    members = state + ":m"
    queue = state + ":q"
    seen = state + ":x"
    window = state + ":w"
  }

  /// In the order of the script.
  var all: [String] { [state, members, queue, seen, window] }
}
