import AWSWire
import ArgumentParser
import Bedquota
import Foundation
import Gateway
import Reports

struct GatewayKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Print what a caller of the gateway sets: its key as bearer token and as AWS access key.",
    discussion: """
      The key is derived from the master secret, so nothing is stored: the same name and serial number always give the same key. The \
      gateway takes it once its configuration names it under keys. A higher serial number is another key.
      The master secret comes from the configuration file, or from BEDQUOTA_GATEWAY_MASTER. Make one with: openssl rand -base64 32

      EXAMPLE: bedquota gateway key chat --config gateway.yaml
               BEDQUOTA_GATEWAY_MASTER=… bedquota gateway key batch --serial 2
      """)

  @ParentCommand var gateway: GatewayCommand

  @Argument(help: ArgumentHelp("The name of the key.", valueName: "name"))
  var name: String

  @Option(
    help: ArgumentHelp("Which of the name's keys, 1 to 9999. (default: the newest in the configuration, or 1)", valueName: "n"))
  var serial: Int?

  @Option(
    help: ArgumentHelp(
      "The configuration of the gateway. (default: none; BEDQUOTA_GATEWAY_MASTER has the secret)", valueName: "file"))
  var config: String?

  @Option(
    help: ArgumentHelp("The address by which callers reach the gateway. (default: that of the configuration)", valueName: "url"))
  var url: String?

  /// The parser gives the option to `gateway`, which has one of the same name.
  private var file: String? { config ?? gateway.config }

  func validate() throws {
    guard CallerKey.isName(name) else {
      throw ValidationError(
        "A key can't be called '\(name.shortened())'; use letters, digits, '-', '_' and '.', 64 at most, a letter or digit first."
      )
    }
    if let serial, !(1...9_999).contains(serial) { throw ValidationError("--serial takes a number from 1 to 9999.") }
  }

  func run() throws {
    // Without a file, the master secret of the environment is all that there is.
    let configuration =
      try file.map { try GatewayConfiguration(file: $0, secrets: .process) }
      ?? GatewayConfiguration(listen: nil, secrets: .process)
    let known = configuration.keys.first { $0.name == name }
    let environment = ProcessInfo.processInfo.environment
    let lines = try KeyExport(
      pair(known, configuration), url: url ?? "\(configuration.tls == nil ? "http" : "https")://\(configuration.listen)",
      region: configuration.accounts.first?.regions.first ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
    ).lines
    Console.write(lines, to: STDOUT_FILENO)
    if file != nil, known == nil {
      Console.printErrors("The configuration has no key '\(name)' yet; add '\(name): {}' under keys.\n")
    }
  }

  private func pair(
    _ known: CallerKey?, _ configuration: GatewayConfiguration
  ) throws -> (accessKeyID: String, secret: String) {
    func failure(_ text: String) -> AWSClientError { AWSClientError(.configuration, text, parameters: ["config"]) }
    if let known {
      if case .hash = known.proof {
        throw failure("The configuration has only the hash of the key '\(name)'; nobody can tell the key from it.")
      }
      if case .secret = known.proof, let pair = known.pairs(master: nil).first {
        guard serial == nil else {
          throw AWSClientError(
            .configuration,
            "The key '\(name)' has a secret of its own, which has no serial numbers; leave --serial out, or give it a serial in the configuration instead of its secret.",
            parameters: ["serial"])
        }
        return pair
      }
    }
    guard let master = configuration.master else {
      throw failure(
        "There is no master secret to derive the key from: set master in the configuration, or BEDQUOTA_GATEWAY_MASTER.")
    }
    var newest = 1
    if case .derived(let serials) = known?.proof { newest = serials.last ?? 1 }
    let key = DerivedKey(master: master, name: name, serial: serial ?? newest)
    return (key.accessKeyID, key.secret.text)
  }
}
