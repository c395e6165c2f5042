import Foundation

/// A failure that Bedquota itself reports, with a message for people and a code for programs.
///
/// Failures of AWS and of the network are `AWSClientError`s; requests that the limiter refuses are `Refusal`s.
public struct BedquotaError: Error, Sendable {
  /// The kind of failure; stable, so that programs may compare with it and metrics may carry it as a label.
  public struct Code: Hashable, Sendable {
    private enum Kind: String {
      case window, region, configuration, file, request, response, abandoned, increase, model, fleet
      case quotaUnknown = "quota-unknown"
      case concurrentRead = "concurrent-read"
    }

    private let kind: Kind
    private init(_ kind: Kind) { self.kind = kind }

    /// A time window or period for which CloudWatch can't have data.
    public static let window = Code(.window)
    /// An id of another Region than the session's, or a partition without known Regions.
    public static let region = Code(.region)
    /// Settings that contradict each other or what exists already.
    public static let configuration = Code(.configuration)
    /// A file that can't be read or written, or is not the expected one.
    public static let file = Code(.file)
    /// A request that no model could take.
    public static let request = Code(.request)
    /// A reply without the requested value.
    public static let response = Code(.response)
    /// A text that means no model of the account, or several.
    public static let model = Code(.model)
    /// No quota is known for an id that needs one.
    public static let quotaUnknown = Code(.quotaUnknown)
    /// An increase of a quota that AWS would not take, or for which nothing speaks.
    public static let increase = Code(.increase)
    /// A store by which a fleet shares quotas refuses this process, or is away at its start.
    public static let fleet = Code(.fleet)
    /// A stream that nobody read from for too long.
    public static let abandoned = Code(.abandoned)
    /// A second reader of a stream that is being read.
    public static let concurrentRead = Code(.concurrentRead)

    /// The code as text, for logs and metric labels.
    public var name: String { kind.rawValue }
  }

  public var code: Code
  /// One sentence or two: what, why, and what to do.
  public var message: String
  /// The parameters that the message is about, as they are called in Swift: `outputFile`, `resume`. A command line names its
  /// options after them.
  public var parameters: [String]
  /// The error that caused this one; nil if none did.
  public var underlying: (any Error)?

  public init(_ code: Code, _ message: String, parameters: [String] = [], underlying: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.parameters = parameters
    self.underlying = underlying
  }

  /// The failure without any of the user's data, for metric labels.
  public var shortDescription: String { code.name }
}

extension BedquotaError: CustomStringConvertible {
  public var description: String { message }
}

extension BedquotaError {
  /// A file operation that failed: `replies.jsonl can't be written: No space left on device.`
  /// - Parameter failure: the operation that failed, as in `replies.jsonl can't be written`.
  package static func file(_ failure: String, _ error: any Error, parameters: [String] = []) -> BedquotaError {
    BedquotaError(.file, "\(failure): \(reason(of: error)).", parameters: parameters, underlying: error)
  }

  /// The system's words for a failed file operation, as they follow a colon: `No such file or directory`.
  ///
  /// Foundation's own sentences, such as "The operation couldn't be completed", say less and differ from system to system.
  package static func reason(of error: any Error) -> String {
    if let number = errorNumber(of: error) { return SystemFailure(number).description }
    guard let code = (error as? CocoaError)?.code else { return "\(error)" }
    switch code {
    case .fileNoSuchFile, .fileReadNoSuchFile: return SystemFailure(ENOENT).description
    case .fileReadNoPermission, .fileWriteNoPermission: return SystemFailure(EACCES).description
    case .fileWriteOutOfSpace: return SystemFailure(ENOSPC).description
    case .fileWriteVolumeReadOnly: return SystemFailure(EROFS).description
    case .fileWriteFileExists: return SystemFailure(EEXIST).description
    case .fileReadInvalidFileName, .fileWriteInvalidFileName: return "the name is not valid"
    case .fileReadCorruptFile: return "the file is damaged"
    case .fileReadTooLarge: return "the file is too large"
    default: return "the system gives no reason (CocoaError \(code.rawValue))"
    }
  }

  private static func errorNumber(of error: any Error) -> Int32? {
    if let error = error as? POSIXError { return error.code.rawValue }
    return ((error as? CocoaError)?.userInfo[NSUnderlyingErrorKey] as? any Error).flatMap(errorNumber)
  }
}
