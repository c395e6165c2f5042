package import Foundation

/// An AWS service as a server presents it: the name in its signatures and the protocol, which determine how it spells errors.
package struct ServedService: Sendable, Equatable {
  /// The protocols of AWS, as far as errors differ between them.
  enum ErrorFormat: Sendable, Equatable {
    /// awsJson1_1.
    case json
    case restJSON
    /// awsJson1_0 of a service that formerly spoke awsQuery; `shape` is the prefix of its error types.
    case queryCompatibleJSON(shape: String)
    /// rpcv2Cbor; `shape` is the prefix of its error types.
    case cbor(shape: String)
    /// awsQuery, with the XML namespace of the API.
    case query(namespace: String)
    /// OpenAI's, of the OpenAI-compatible APIs.
    case openAI
    /// Anthropic's, of the Messages API.
    case anthropic
  }

  /// The service in the credential scope of a signature.
  package let signingName: String
  /// How far the date of a signature may differ from the server's clock, in seconds.
  package let clockSkewMax: TimeInterval
  let errorFormat: ErrorFormat

  private init(_ signingName: String, _ errorFormat: ErrorFormat, clockSkewMax: TimeInterval = 300) {
    self.signingName = signingName
    self.errorFormat = errorFormat
    self.clockSkewMax = clockSkewMax
  }

  package static let serviceQuotas = ServedService("servicequotas", .json)
  /// Bedrock's control plane and data plane.
  package static let bedrock = ServedService("bedrock", .restJSON)
  /// The OpenAI-compatible APIs of Bedrock's data plane.
  package static let bedrockOpenAI = ServedService("bedrock", .openAI)
  /// The Messages API of Bedrock's data plane.
  package static let bedrockMessages = ServedService("bedrock", .anthropic)
  /// The OpenAI-compatible APIs of bedrock-mantle.
  package static let mantleOpenAI = ServedService("bedrock-mantle", .openAI)
  /// The Messages API of bedrock-mantle.
  package static let mantleMessages = ServedService("bedrock-mantle", .anthropic)
  package static let cloudWatch = ServedService("monitoring", .queryCompatibleJSON(shape: "com.amazonaws.cloudwatch"))
  /// CloudWatch in rpcv2Cbor.
  package static let cloudWatchCBOR = ServedService("monitoring", .cbor(shape: "com.amazonaws.cloudwatch"))
  /// CloudWatch in its former protocol.
  package static let cloudWatchQuery = ServedService(
    "monitoring", .query(namespace: "http://monitoring.amazonaws.com/doc/2010-08-01/"))
  package static let sts = ServedService(
    "sts", .query(namespace: "https://sts.amazonaws.com/doc/2011-06-15/"), clockSkewMax: 900)

  /// Whether a Bedrock API key is accepted instead of a signature.
  var takesAPIKeys: Bool { [Self.bedrock, .mantleOpenAI].contains { $0.signingName == signingName } }
  /// Whether the API key may be in `x-api-key`.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/inference-messages-api.html, "bedrock-runtime (curl, API key)"
  var takesKeyHeader: Bool { errorFormat == .anthropic }
  /// Whether signature errors have the codes of IAM's older services.
  private var hasOldCodes: Bool { self == .sts }
  /// The code for an unknown access key.
  package var unknownKeyCode: String { hasOldCodes ? "InvalidClientTokenId" : "UnrecognizedClientException" }
  /// The code for temporary credentials that have expired.
  var expiredTokenCode: String { hasOldCodes ? "ExpiredToken" : "ExpiredTokenException" }
  /// The code for a wrong signature.
  package var badSignatureCode: String { hasOldCodes ? "SignatureDoesNotMatch" : "InvalidSignatureException" }
  /// The code for a request without a signature.
  package var missingSignatureCode: String { hasOldCodes ? "MissingAuthenticationToken" : "MissingAuthenticationTokenException" }
  /// The code for an Authorization header that can't be parsed.
  package var incompleteSignatureCode: String { hasOldCodes ? "IncompleteSignature" : "IncompleteSignatureException" }
}
