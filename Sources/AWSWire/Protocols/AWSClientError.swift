/// A failure of a call to AWS, or of the configuration for it: a sentence for people and a code for programs.
///
/// A message never contains a secret key, a session token or a signature.
public struct AWSClientError: Error, Sendable {
  /// The kind of failure. Programs may switch on it, and metrics may use ``name`` as a label: it has few values, which don't
  /// change.
  public struct Code: Hashable, Sendable {
    private enum Kind: String { case configuration, credentials, region, service, transport, timeout, response, pagination }
    private let kind: Kind
    private init(_ kind: Kind) { self.kind = kind }

    /// A configuration file, profile or endpoint that can't be used.
    public static let configuration = Code(.configuration)
    /// No credentials, or credentials of a kind that isn't supported.
    public static let credentials = Code(.credentials)
    /// No Region, or a name that can't be a Region's.
    public static let region = Code(.region)
    /// AWS answered with an error; see ``AWSClientError/service``.
    public static let service = Code(.service)
    /// The endpoint couldn't be reached, or the connection broke.
    public static let transport = Code(.transport)
    /// The reply didn't arrive before our own timeout.
    public static let timeout = Code(.timeout)
    /// AWS's answer is not a valid reply of the operation.
    public static let response = Code(.response)
    /// Paging was given up because it would not have ended.
    public static let pagination = Code(.pagination)

    /// The code as text, for logs and metric labels.
    public var name: String { kind.rawValue }
  }

  /// The error reply of an AWS service.
  public struct Service: Sendable {
    /// AWS's error code, such as `AccessDeniedException`; `Unknown` if the reply has none.
    public var code: String
    /// AWS's message; empty if the reply has none.
    public var message: String
    /// The HTTP status code.
    public var status: Int
    /// The request id, which AWS Support asks for.
    public var requestID: String?
    /// The first 4,096 bytes of the body, for replies that can't be parsed.
    public var body: [UInt8]

    package init(code: String, message: String, status: Int, requestID: String?, body: [UInt8]) {
      self.code = code
      self.message = message
      self.status = status
      self.requestID = requestID
      self.body = body
    }
  }

  /// A command that mends the failure. A library doesn't spell commands, so the command line appends it to the message.
  package enum Remedy: Sendable, Hashable {
    /// Sign in again, with the AWS CLI.
    case signIn(SignIn, profile: String)
    /// Begin a session of this profile with the AWS CLI, which asks for the code of an MFA device and keeps the session.
    case beginSession(profile: String)
    /// List the models and inference profiles of the account.
    case listModels
  }

  /// A way in which people sign in with the AWS CLI.
  package enum SignIn: Sendable, Hashable {
    /// `aws sso login`
    case identityCenter
    /// `aws login`
    case console
  }

  /// How far the request of a failed attempt got.
  package enum Delivery: Sendable, Hashable {
    /// The service can't have received all of it, so nothing was paid.
    case unsent
    /// This machine had no file or port left for a connection; nothing was sent.
    case exhausted
    /// The service may have received all of it, and a model may have run.
    case sent
  }

  /// The kind of failure.
  public var code: Code
  /// One sentence or two: what failed, why, and what to do.
  public var message: String
  /// The operation that failed, such as `ListServiceQuotas`.
  public var operation: String?
  /// AWS's own error, if ``code`` is `service`.
  public var service: Service?
  /// The parameters to change, named as in Swift: `timeout`, `endpointURL`, `region`, `profile` or `emulator`. It is empty if
  /// none helps.
  public var parameters: [String]
  /// The error that caused this one, if any.
  public var underlying: (any Error)?
  package var remedy: Remedy?
  /// Whether ``message`` says what to do, which AWS's own message doesn't.
  package var explains = false
  /// How long the service asks to wait before another attempt; nil if it doesn't ask.
  package var retryAfter: Duration?
  /// Matters for the codes `transport` and `timeout` only.
  package var delivery = Delivery.sent

  package init(
    _ code: Code, _ message: String, operation: String? = nil, service: Service? = nil, parameters: [String] = [],
    remedy: Remedy? = nil, underlying: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.operation = operation
    self.service = service
    self.parameters = parameters
    self.remedy = remedy
    self.underlying = underlying
  }

  /// AWS's error code, or else the name of ``code``: a label for metrics that contains no user data.
  public var shortDescription: String { service?.code ?? code.name }
}

extension AWSClientError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}

extension AWSClientError {
  /// AWS's codes for a lack of permission.
  package static let deniedCodes: Set<String> = [
    "AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized",
    // As the APIs of OpenAI and Anthropic spell it.
    "access_denied", "permission_error", "permission_denied_error",
  ]

  /// Whether AWS denied the call. The status doesn't tell: some protocols deny with 400, and a refused signature is a 403 as well.
  package var isDenied: Bool { service.map { Self.deniedCodes.contains($0.code) } ?? false }

  /// Whether AWS refused a page token. It has made every token that we send, but tokens expire.
  package var refusesPageToken: Bool {
    guard let service else { return false }
    let (code, message) = (service.code.lowercased(), service.message.lowercased())
    if code.contains("paginationtoken") || code.contains("nexttoken") { return true }
    // Services without a code of their own for it say it in a code for any wrong value.
    return (code.hasPrefix("validation") || code.hasPrefix("invalidparameter") || code.hasPrefix("illegalargument"))
      && message.contains("token")
  }
}
