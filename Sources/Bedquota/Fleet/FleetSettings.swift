import AWSWire
import FleetStore

/// A fleet as command lines and files name it.
package struct FleetSettings: Sendable, Equatable {
  /// Where the address was written. Arguments are seen by every user of the machine, so they may hold no password.
  package enum Origin: Sendable, Equatable {
    case argument, environment, file
  }

  /// It may hold a password.
  private let address: Address
  package let origin: Origin
  package var weight = 1.0
  package var fallback = Fleet.Fallback.share

  package init(address: String, origin: Origin) {
    self.address = Address(text: address)
    self.origin = origin
  }

  /// - Parameter options: for what the settings don't say.
  /// - Throws: ``BedquotaError`` (`configuration`) for an address that can't be one.
  package func fleet(_ options: Fleet.Options = Fleet.Options()) throws(BedquotaError) -> Fleet {
    var options = options
    (options.weight, options.fallback) = (weight, fallback)
    let from: ValkeyAddress.Origin =
      switch origin {
      case .argument: .argument
      case .environment: .environment
      case .file: .file
      }
    return try Fleet(address.text, from: from, options: options)
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
