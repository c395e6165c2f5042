import AWSServer

/// The services that share the emulator's one port.
enum EmulatedService: Equatable {
  case serviceQuotas
  case bedrock
  /// An API of another vendor on Bedrock's data plane.
  case compatible(CompatibleAPI)
  /// The endpoint beside bedrock-runtime.
  case mantle(MantleRequest)
  case sts
  case cloudWatch
  /// CloudWatch in rpcv2Cbor, which the emulator refuses with a message in that protocol.
  case cloudWatchCBOR
  /// CloudWatch as clients called it before awsJson1_0.
  case cloudWatchQuery

  /// Recognises the service of a request by its target, else its action, else its path, since all have the same host.
  init(_ request: ServerRequest) {
    if let target = request.header("x-amz-target") {
      self =
        target.hasPrefix("ServiceQuotas") ? .serviceQuotas : target.hasPrefix("GraniteServiceVersion") ? .cloudWatch : .bedrock
    } else if request.path == "/",
      request.header("content-type")?.hasPrefix("application/x-www-form-urlencoded") == true
        || request.target.contains("Action=")
    {
      // At the root only: curl sends any body as a form, even one for a model.
      self = request.signatureScope?.contains("/monitoring/aws4_request") == true ? .cloudWatchQuery : .sts
    } else if let mantle = MantleRequest(request) {
      self = .mantle(mantle)
    } else if let api = CompatibleAPI(request) {
      self = .compatible(api)
    } else {
      self = request.pathBegins(with: "/service/GraniteServiceVersion") ? .cloudWatchCBOR : .bedrock
    }
  }

  /// The service's signing name and the form of its errors.
  var served: ServedService {
    switch self {
    case .serviceQuotas: .serviceQuotas
    case .bedrock: .bedrock
    case .compatible(let api): api.served
    case .mantle(let request): request.served
    case .sts: .sts
    case .cloudWatch: .cloudWatch
    case .cloudWatchCBOR: .cloudWatchCBOR
    case .cloudWatchQuery: .cloudWatchQuery
    }
  }
}
