/// What went wrong on the way to AWS and back, in words for a person and in a code for a program.
///
/// A message never holds a secret key, a session token or a signature.
public struct AWSClientError: Error, Sendable {
  /// The kind of failure; stable, so that programs may switch on it and metrics may carry it as a label.
  public struct Code: Hashable, Sendable {
    private enum Kind: String { case configuration, credentials, region, service, transport, timeout, response, pagination }
    private let kind: Kind
    private init(_ kind: Kind) { self.kind = kind }

    /// A configuration file, profile or endpoint that can't be used.
    public static let configuration = Code(.configuration)
    /// No credentials, or credentials of a kind that can't be used.
    public static let credentials = Code(.credentials)
    /// No Region, or one that is not a Region's name.
    public static let region = Code(.region)
    /// AWS answered with an error; see ``AWSClientError/service``.
    public static let service = Code(.service)
    /// The endpoint could not be reached, or the connection broke.
    public static let transport = Code(.transport)
    /// A time-out of ours ran out.
    public static let timeout = Code(.timeout)
    /// AWS answered with something that is not a reply of the operation.
    public static let response = Code(.response)
    /// Paging would never end.
    public static let pagination = Code(.pagination)

    /// The code as text, for logs and metric labels.
    public var name: String { kind.rawValue }
  }

  /// An error reply of an AWS service, kept as it came.
  public struct Service: Sendable {
    /// AWS's error code, such as `AccessDeniedException`; `Unknown` where the reply held none.
    public var code: String
    /// AWS's message; empty where the reply held none.
    public var message: String
    /// The HTTP status code.
    public var status: Int
    /// The request id, for AWS Support.
    public var requestID: String?
    /// The first 4,096 bytes of the body, for replies that could not be parsed.
    public var body: [UInt8]

    package init(code: String, message: String, status: Int, requestID: String?, body: [UInt8]) {
      self.code = code
      self.message = message
      self.status = status
      self.requestID = requestID
      self.body = body
    }
  }

  public var code: Code
  /// One sentence or two: what, why, and what to do.
  public var message: String
  /// The operation that failed, such as `ListServiceQuotas`.
  public var operation: String?
  /// AWS's own error, when ``code`` is `service`.
  public var service: Service?
  /// What caused it, where another error did.
  public var underlying: (any Error)?

  package init(
    _ code: Code, _ message: String, operation: String? = nil, service: Service? = nil,
    underlying: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.operation = operation
    self.service = service
    self.underlying = underlying
  }

  /// The failure without any value of the user's: for metric labels.
  public var shortDescription: String { service?.code ?? code.name }
}

extension AWSClientError: CustomStringConvertible {
  public var description: String { message }
}
