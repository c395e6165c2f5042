/// The reason why the emulator can't start or serve, in a sentence for people.
package struct EmulatorError: Error, Sendable, CustomStringConvertible {
  package struct Code: Hashable, Sendable {
    private enum Kind: String { case account, server, s3 }
    private let kind: Kind
    private init(_ kind: Kind) { self.kind = kind }
    /// The account folder can't be served.
    package static let account = Code(.account)
    /// The server can't listen.
    package static let server = Code(.server)
    /// The folder that stands for S3 can't be used.
    package static let s3 = Code(.s3)
    package var name: String { kind.rawValue }
  }

  package var code: Code
  /// What is wrong and what to do.
  package var message: String
  /// The parameters to change, named as in Swift: `host`, `port`, `s3`. The list is empty if none helps.
  package var parameters: [String]
  /// The error that caused this one, if any.
  package var underlying: (any Error)?

  package init(_ code: Code, _ message: String, parameters: [String] = [], underlying: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.parameters = parameters
    self.underlying = underlying
  }

  package var description: String { message }
}
