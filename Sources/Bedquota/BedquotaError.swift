/// A request that can't be met, in words for a person and in a code for a program.
public struct BedquotaError: Error, Sendable, CustomStringConvertible {
  /// Stable, so that programs may switch on it.
  public enum Code: String, Sendable {
    /// A stretch of time that CloudWatch can't answer for.
    case window
    /// An id of another Region than the one that is read.
    case region
    /// A file that can't be written.
    case file
    /// A request that no model could take.
    case request
    /// No quota is known for an id that needs one.
    case quotaUnknown = "quota-unknown"
    /// A stream that nobody read from for too long.
    case abandoned
  }

  public var code: Code
  /// One sentence or two: what, why, and what to do.
  public var message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
