/// An access key. Printing it shows the key id's last four characters and nothing else.
public struct Credentials: Sendable, Equatable {
  public var accessKeyID: String
  public var secretAccessKey: String
  public var sessionToken: String?

  public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
  }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "Credentials(…\(accessKeyID.suffix(4)))" }
  public var debugDescription: String { description }
  // Without this, dump() and test failures would print the secret.
  public var customMirror: Mirror { Mirror(self, children: [("accessKeyID", "…\(accessKeyID.suffix(4))")]) }
}
