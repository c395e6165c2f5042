import ArgumentParser
import BedrockEmulator
import Foundation
import Logging

struct EmulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emulate",
    abstract: "Serve Bedrock with its quotas enforced, Service Quotas, CloudWatch and STS on this machine, for any AWS client.",
    discussion: """
      Prints its URL when it is ready, and checks every signature: the access key is emulator, and so is its secret.

      EXAMPLE: bedquota emulate --port 8080
               AWS_ENDPOINT_URL=http://127.0.0.1:8080 AWS_ACCESS_KEY_ID=emulator AWS_SECRET_ACCESS_KEY=emulator \\
               AWS_REGION=us-east-1 aws service-quotas list-service-quotas --service-code bedrock

      The bedrock-mantle endpoint shares the port. Its URL is printed to stderr; requests to the other URL that are signed for
      bedrock-mantle reach it too.

      Requests above a quota are throttled, as Bedrock throttles them. --semantics says how a quota becomes a window in time:
      bucket60 (what Bedrock's published runs fit best), bucket5, bucket2, rolling60, fixed60, laggy, soft, hierarchical.
      While it runs, /_emulator/ changes faults, replies, quotas, foreign traffic and the clock; see docs/emulator.md. It answers
      on this machine only. With another --host than a loopback address, it needs the header X-Emulator-Token, with the token that
      is printed at the start, or that BEDQUOTA_CONTROL_TOKEN holds.

      HTTP/1.1 and HTTP/2 by prior knowledge share the port. With --tls, clients must trust the authority whose file is printed:
      AWS_CA_BUNDLE for AWS's clients, NODE_EXTRA_CA_CERTS for Node.js, SSL_CERT_FILE for most others.

      Every user of this machine sees the arguments of a process, so give secrets that matter by --credentials-file, or in
      BEDQUOTA_EMULATOR_CREDENTIALS.
      """)

  @Option(help: ArgumentHelp("The port; 0 picks a free one.", valueName: "n"))
  var port = 0

  @Option(help: ArgumentHelp("The address to listen on.", valueName: "host"))
  var host = "127.0.0.1"

  @Option(
    help: ArgumentHelp("The account folder to serve. (default: a built-in account)", valueName: "dir"), completion: .directory)
  var account: String?

  @Option(
    name: .customLong("allow-host"),
    help: ArgumentHelp("Another name of this machine that may use the control API; may be repeated.", valueName: "name"))
  var allowedHosts: [String] = []

  @Option(
    help: ArgumentHelp(
      "An access key and its secret, in place of the default; visible in the list of processes. May be repeated.",
      valueName: "key:secret"))
  var credentials: [String] = []

  @Option(
    name: .customLong("credentials-file"),
    help: ArgumentHelp("A file of lines KEY:SECRET, in place of the default; - for stdin.", valueName: "file"),
    completion: .file())
  var credentialsFile: String?

  @Flag(name: .customLong("no-auth"), help: "Accept any request, signed or not.")
  var noAuth = false

  @Flag(help: "Serve over TLS, with a certificate for this machine from an authority that is made for it.")
  var tls = false

  @Option(
    name: .customLong("tls-certificate"),
    help: ArgumentHelp("Serve over TLS, with the certificate in a PEM file.", valueName: "file"), completion: .file())
  var tlsCertificate: String?

  @Option(
    name: .customLong("tls-key"),
    help: ArgumentHelp("The private key of --tls-certificate, in a PEM file.", valueName: "file"), completion: .file())
  var tlsKey: String?

  @OptionGroup(title: "Behaviour") var behaviour: EmulatorOptions

  @Flag(help: "Print only errors to stderr.")
  var quiet = false

  @Flag(help: "Print the log of the server to stderr.")
  var verbose = false

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535.") }
    if allowedHosts.contains(where: \.isEmpty) { throw ValidationError("--allow-host takes a name.") }
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-key go together.")
    }
    if noAuth, !credentials.isEmpty || credentialsFile != nil {
      throw ValidationError("--no-auth can't be combined with --credentials or --credentials-file.")
    }
    for pair in credentials where EmulatorCredentials.pair(pair) == nil {
      throw ValidationError("--credentials takes KEY:SECRET.")
    }
  }

  func run() async throws {
    // Until the server handles these signals, they end the process with success as they do later.
    signal(SIGINT) { _ in _exit(0) }
    signal(SIGTERM) { _ in _exit(0) }
    let environment = ProcessInfo.processInfo.environment
    let secrets = try EmulatorCredentials.secrets(pairs: credentials, file: credentialsFile, environment: environment)
    let accounts = try GlobalOptions.accounts(account)
    var logger = Logger(label: "bedquota.emulator") { label in StreamLogHandler.standardError(label: label) }
    // The server logs its own cancellation as an error; we print what concerns the user.
    logger.logLevel = verbose ? .debug : .critical
    let emulator = try Emulator(
      accounts: accounts, access: noAuth ? .anyone : .credentials(secrets),
      behaviour: try behaviour.behaviour(isBuiltIn: account == nil),
      clock: .running(scale: behaviour.timeScale))
    let console = Console(isQuiet: quiet, noColor: true, environment: [:])
    let identity = try identity()
    let authority = try identity?.authority.map(AuthorityFile.init)
    defer { authority?.remove() }
    let server = EmulatorServer(
      emulator: emulator, host: host, port: port,
      controlToken: environment["BEDQUOTA_CONTROL_TOKEN"].flatMap { $0.isEmpty ? nil : $0 },
      controlHosts: allowedHosts, tls: identity, logger: logger)
    let regions = accounts.map(\.region).joined(separator: ", ")
    let what = "account \(accounts[0].accountID) in \(regions), \(accounts[0].defaults.count) quotas"
    try await server.run(stopsOnSignals: true) { url in
      if let token = server.controlToken { warn(token, isGiven: environment["BEDQUOTA_CONTROL_TOKEN"] == token) }
      console.note("Serving \(what)\(noAuth ? ", signatures not checked" : ""); Ctrl-C stops")
      console.note("bedrock-mantle: \(url)\(EmulatorServer.mantleBase)")
      // In spite of --quiet, because no client can connect without it.
      if let authority { Console.printError("export AWS_ENDPOINT_URL=\(url) AWS_CA_BUNDLE=\(authority.path)") }
      console.print(url)
    }
  }

  /// Who the emulator is over TLS; nil for clear text.
  private func identity() throws -> EmulatorTLS? {
    if let tlsCertificate, let tlsKey { return try EmulatorTLS(certificate: tlsCertificate, key: tlsKey) }
    return tls ? try EmulatorTLS(hosts: [host] + allowedHosts) : nil
  }

  /// Says what other machines can do. It is printed in spite of `--quiet`, because nothing else shows the token.
  private func warn(_ token: String, isGiven: Bool) {
    let access =
      noAuth ? "and signatures are not checked" : secretsAreDefault ? "and its keys are public" : "if they have its keys"
    Console.printError("Warning: other machines can call this emulator at \(host), \(access).")
    if !isGiven { Console.printError("The control API needs the header X-Emulator-Token: \(token)") }
  }

  private var secretsAreDefault: Bool {
    let given = ProcessInfo.processInfo.environment[EmulatorCredentials.variable] ?? ""
    return credentials.isEmpty && credentialsFile == nil && given.isEmpty
  }
}
