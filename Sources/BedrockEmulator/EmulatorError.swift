import AWSWire

/// Something about an account folder or the server that stops the emulator, in a sentence for the user.
public struct EmulatorError: Error, Sendable, CustomStringConvertible {
  public struct Code: Hashable, Sendable {
    private enum Kind: String { case account, server }
    private let kind: Kind
    private init(_ kind: Kind) { self.kind = kind }
    /// The account folder can't be served.
    public static let account = Code(.account)
    /// The server can't listen.
    public static let server = Code(.server)
    public var name: String { kind.rawValue }
  }

  public var code: Code
  public var message: String
  public var underlying: (any Error)?

  init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.underlying = underlying
  }

  public var description: String { message }
}
