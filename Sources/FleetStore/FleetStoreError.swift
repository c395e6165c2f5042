/// The reason why a fleet store can't do what it was asked for, in a sentence for people.
///
/// It never holds a credential, and of a server's own words at most a line.
package struct FleetStoreError: Error, Sendable {
  /// The kind of failure. It is stable, so that programs may compare with it and metrics may carry it as a label.
  package enum Code: String, Sendable {
    /// A store's address or option that can't be used.
    case configuration
    /// The server didn't take the user or password.
    case credentials
    /// Something stored is damaged; the store doesn't guess what it was.
    case corrupt
    /// The members of a scope don't have the same meters.
    case meters
    /// The user may not run a command or use a key.
    case permission
    /// Another version of Bedquota with another protocol uses the scope.
    case protocolVersion = "protocol"
    /// A request that no store could take.
    case request
    /// An answer that is none.
    case response
    /// The server runs no scripts.
    case scripts
    /// No answer: the operation is lost.
    case unavailable
  }

  package var code: Code
  /// One sentence or two: what, why, and what to do.
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Whether the operation may have been done or not, so that a member asks again with its next sequence number. Other failures
  /// last until somebody changes something.
  package var isLost: Bool { code == .unavailable }
}

extension FleetStoreError: CustomStringConvertible {
  package var description: String { message }
}

extension FleetStoreError {
  package static let noAnswer = FleetStoreError(
    .unavailable, "The fleet's store did not answer in time; look whether it is reachable and not overloaded.")

  /// - Parameter count: the number of meters that the scope has.
  package static func meters(_ count: Int) -> FleetStoreError {
    FleetStoreError(
      .meters,
      """
      The fleet has \(count) meters in this scope, and this member has another number; give all members the same limits, or a \
      prefix of their own.
      """)
  }

  package static var meterKinds: FleetStoreError {
    FleetStoreError(
      .meters,
      """
      The fleet's meters in this scope are of other kinds than this member's; give all members the same limits, or a prefix \
      of their own.
      """)
  }
}
