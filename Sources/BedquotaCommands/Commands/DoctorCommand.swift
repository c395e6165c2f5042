import AWSClient
import AWSWire
import ArgumentParser
import Bedquota
import BedrockEmulator
import Foundation
import HTTPTypes
import Reports

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check in ten seconds what most often is wrong: Region, credentials, clock, network, permissions.",
    discussion: """
      It tries each IAM action that COMMAND needs; without COMMAND, each that reading needs. No call changes anything, and an action that \
      would change the account isn't tried. Actions that invoke or describe a model need --model; Bedrock refuses their requests, which \
      are empty, so nothing is invoked. GetMetricData asks for one metric, for which AWS charges 0.00001 US dollars.
      With --gateway, it asks a gateway whether it is ready, and nothing else: for health checks of containers.
      Ends with 1 if something failed.
      \(CommandPermissions.help("doctor"))

      EXAMPLE: bedquota doctor
               bedquota doctor run --model us.amazon.nova-pro-v1:0
               bedquota doctor --gateway http://127.0.0.1:4000
      """)

  @Argument(help: ArgumentHelp("Commands, such as usage or alarms apply. (default: all that only read)", valueName: "command"))
  var commands: [String] = []

  @OptionGroup var global: GlobalOptions

  @Option(help: ArgumentHelp("A model or inference profile, to try what needs one.", valueName: "id"))
  var model: String?

  @Option(help: ArgumentHelp("Ask this gateway whether it is ready.", valueName: "url"))
  var gateway: String?

  func validate() throws {
    _ = try CommandPermissions.rows(named: commands)
    guard let gateway else { return }
    _ = try GatewayStatusReader.endpoint(gateway)
    if !commands.isEmpty || model != nil || global.emulator {
      throw ValidationError("--gateway asks a gateway and nothing else, so it takes no commands, no --model and no --emulator.")
    }
  }

  func run() async throws {
    let checks = if let gateway { [try await check(gateway)] } else { try await checks() }
    let view = DiagnosisView(checks)
    try global.show(view)
    if view.failures > 0 { throw ExitCode(1) }
  }

  private func checks() async throws -> [DiagnosisCheck] {
    let actions = Self.actions(try CommandPermissions.rows(named: commands))
    let model = try model.map { try global.id($0).text }
    let explain: @Sendable (any Error) -> String = { [self] in Failure($0)?.text(for: self) ?? "\($0)" }
    let giver = global.emulator ? "the emulator" : "the command line"
    let account: [DiagnosisCheck]
    do {
      account = try await global.withSession { session in
        await AccountDiagnosis(session, actions: actions, model: model, giver: giver, explain: explain).checks()
      }
    } catch let error where Failure(error) != nil {
      // Settings that can't be read leave nothing to look at.
      account = [DiagnosisCheck("settings", .failed, explain(error))]
    }
    return account + (global.emulator ? [] : [await emulator(explain)])
  }

  /// In the order of the table, each once.
  private static func actions(_ rows: [CommandPermissions]) -> [IAMAction] {
    let wanted = Set(rows.flatMap(\.all))
    return IAMAction.all.filter { wanted.contains($0) && $0 != .getCallerIdentity }
  }

  /// The built-in emulator needs nothing of what may be wrong outside, so that it tells whether the program itself works.
  private func emulator(_ explain: (any Error) -> String) async -> DiagnosisCheck {
    do {
      let accounts = try GlobalOptions.accounts(nil)
      let quotas = try await EmulatedSession.with(
        accounts, behaviour: Emulator.Behaviour(), region: accounts[0].region, timeout: nil, logger: global.logger
      ) { session, _ in try await session.discovery.inventory().inventory.quotas.count }
      return DiagnosisCheck("emulator", .ok, "the built-in one answers, with \(quotas) quotas")
    } catch {
      return DiagnosisCheck("emulator", .failed, explain(error))
    }
  }

  // MARK: - A gateway

  private func check(_ url: String) async throws -> DiagnosisCheck {
    let network = try AWSConfiguration(global.options(profile: global.profile), environment: global.environment).network
    let endpoint = try GatewayStatusReader.endpoint(url)
    let head = HTTPRequest(
      method: .get, scheme: endpoint.scheme, authority: endpoint.authority, path: "/readyz", headerFields: [.accept: "text/plain"]
    )
    do {
      let reply = try await AsyncHTTPTransport.with(connectionsMax: 1, network: network) { transport in
        try await transport.send(AWSHTTPRequest(head: head, body: Data()), timeout: AccountDiagnosis.timeMax)
      }
      switch reply.head.status.code {
      case 200: return DiagnosisCheck("gateway", .ok, "ready")
      case 503: return DiagnosisCheck("gateway", .failed, Self.line(reply.body))
      case let code: return DiagnosisCheck("gateway", .failed, "/readyz answered with \(code); is a gateway there?")
      }
    } catch let error as AWSClientError where error.code == .timeout {
      return DiagnosisCheck("gateway", .failed, "\(endpoint.authority) doesn't answer")
    } catch let error as AWSClientError where error.code == .configuration {
      return DiagnosisCheck("gateway", .failed, error.message)
    } catch let error as AWSClientError where error.code == .transport {
      return DiagnosisCheck("gateway", .failed, "\(endpoint.authority) can't be reached, or is no gateway")
    }
  }

  /// The first line of a reply, which may be anybody's.
  private static func line(_ body: Data) -> String {
    let line = String(decoding: body.prefix(300), as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return line.isEmpty ? "not ready" : line.printable
  }
}
