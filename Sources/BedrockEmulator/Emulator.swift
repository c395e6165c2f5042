package import Foundation

/// The emulator without a network: a request in, AWS's reply out.
package struct Emulator: Sendable {
  /// Who may call.
  package enum Access: Sendable {
    /// Secrets by access key id; signatures are checked.
    case credentials([String: String])
    /// Anybody, signed or not.
    case anyone
  }

  private struct Region: Sendable {
    var serviceQuotas: ServiceQuotasService
    var bedrock: BedrockService
  }

  private let regions: [String: Region]
  private let mainRegion: String
  private let sts: STSService
  private let authenticator: RequestAuthenticator
  private let now: @Sendable () -> Date

  /// - Parameter accounts: at least one; several are the Regions of one account.
  package init(accounts: [EmulatedAccount], access: Access, now: @escaping @Sendable () -> Date = { Date() }) throws {
    guard let main = accounts.first else { throw EmulatorError(.account, "There is no account to serve.") }
    let tokens = PageToken()
    var regions: [String: Region] = [:]
    for account in accounts {
      guard regions[account.region] == nil else {
        throw EmulatorError(.account, "Two folders of the account are of the Region \(account.region).")
      }
      regions[account.region] = Region(
        serviceQuotas: try ServiceQuotasService(account, tokens: tokens), bedrock: try BedrockService(account, tokens: tokens))
    }
    self.regions = regions
    mainRegion = main.region
    sts = STSService(accountID: main.accountID)
    self.now = now
    switch access {
    case .credentials(let secrets): authenticator = RequestAuthenticator(credentials: secrets)
    case .anyone: authenticator = RequestAuthenticator(credentials: nil)
    }
  }

  package func respond(to request: EmulatedRequest) -> EmulatedResponse {
    let service = EmulatedService(request)
    let requestID = UUID().uuidString.lowercased()
    var response: EmulatedResponse
    do {
      response = try reply(request, service: service, requestID: requestID)
    } catch {
      response = service.render(error, requestID: requestID)
    }
    response.headers.append(("x-amzn-RequestId", requestID))
    return response
  }

  private func reply(_ request: EmulatedRequest, service: EmulatedService, requestID: String) throws(AWSFault) -> EmulatedResponse
  {
    let name = try authenticator.authenticate(request, for: service, now: now()) ?? mainRegion
    if service == .sts { return try sts.respond(to: request, requestID: requestID) }
    guard let region = regions[name] else {
      // Where AWS has no Bedrock, Service Quotas knows no such service and Bedrock's host does not exist.
      throw service == .serviceQuotas
        ? AWSFault(code: "NoSuchResourceException", message: "The request failed because the specified service does not exist.")
        : AWSFault(
          code: "UnrecognizedClientException", message: "This account has no Bedrock in \(name).", status: 403, isModelled: false)
    }
    return service == .serviceQuotas ? try region.serviceQuotas.respond(to: request) : try region.bedrock.respond(to: request)
  }
}
