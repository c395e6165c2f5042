import AWSWire
package import FleetNetwork

/// A fleet as command lines and files name it.
package struct FleetSettings: Sendable, Equatable {
  /// It may hold a password.
  private let address: Address
  /// Where the address was written.
  package let origin: ValkeyAddress.Origin
  package var weight = 1.0
  package var fallback = Fleet.Fallback.share

  package init(address: String, origin: ValkeyAddress.Origin) {
    self.address = Address(text: address)
    self.origin = origin
  }

  /// - Parameter options: for what the settings don't say.
  /// - Throws: ``BedquotaError`` (`configuration`) for an address that can't be one.
  package func fleet(_ options: Fleet.Options = Fleet.Options()) throws(BedquotaError) -> Fleet {
    var options = options
    (options.weight, options.fallback) = (weight, fallback)
    return try Fleet(address.text, from: origin, options: options)
  }

  /// Text that no description shows.
  private struct Address: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let text: String
    var description: String { "Address(…)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
  }
}

extension Fleet.Fallback {
  /// The largest number of members.
  private static let membersMax = 100_000

  /// - Parameter text: `share`, `closed` or a number of members, 1 to 100,000.
  package init?(_ text: String) {
    switch text {
    case "share": self = .share
    case "closed": self = .closed
    default:
      guard let members = Int(text), 1...Self.membersMax ~= members else { return nil }
      self = .fixed(members: members)
    }
  }
}
