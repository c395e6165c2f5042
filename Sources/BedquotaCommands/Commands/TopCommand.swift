import AWSClient
import AWSWire
import ArgumentParser
import Bedquota
import Foundation
import Reports

struct TopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top",
    abstract: "Show quotas, what is used of them and who waits, in the terminal, again and again.",
    discussion: """
      With --gateway, what a gateway knows now, its queue and its callers too; its admin secret, if it has one, comes from \
      BEDQUOTA_ADMIN_SECRET. Without, what CloudWatch has, some minutes late.

      q quits, s sorts, / filters, Tab shows callers and routes, ? all keys. Where stdout is no terminal, or with --output, it prints one \
      table and ends.
      \(CommandPermissions.help("top"))

      EXAMPLE: bedquota top --emulator
               bedquota top --gateway http://127.0.0.1:4000
      """)

  @OptionGroup var global: GlobalOptions

  @Option(help: ArgumentHelp("The address of a gateway to ask, instead of CloudWatch.", valueName: "url"))
  var gateway: String?

  @Flag(name: .customLong("only-busy"), help: "Leave out models without use, waiters and throttles.")
  var onlyBusy = false

  @OptionGroup var watching: WatchOptions

  func validate() throws {
    try watching.validate(with: global)
    guard let gateway else { return }
    _ = try GatewayStatusReader.endpoint(gateway)
    _ = try AdminSecret.given()
    if !watching.ids.isEmpty { throw ValidationError("A gateway shows all its models; filter with / instead of naming ids.") }
    if watching.interval != nil {
      throw ValidationError("--interval is for CloudWatch; a gateway is asked every second, and it costs nothing.")
    }
    if watching.places.areSeveral || watching.places.role != nil || global.emulator {
      throw ValidationError("--gateway has its own accounts and Regions; it can't be combined with those options.")
    }
  }

  func run() async throws {
    if let gateway { try await run(gateway: gateway) } else { try await runOnCloudWatch() }
  }

  /// Whether the answer is a screen, and not one table.
  private var isScreen: Bool { global.output == .table && FullScreen.isPossible(global.console) }

  private func run(gateway url: String) async throws {
    let network = try AWSConfiguration(global.options(profile: global.profile), environment: global.environment).network
    let end = try await AsyncHTTPTransport.with(connectionsMax: 1, network: network) { transport -> Interruption.Signal? in
      let reader = GatewayStatusReader(
        try GatewayStatusReader.endpoint(url), secret: try AdminSecret.given(), transport: transport)
      guard isScreen else {
        try global.show(LiveTable(try await reader.read().mapError { BedquotaError(.response, $0.sentence) }.get()))
        return nil
      }
      return try await show(address: reader.address, refresh: .seconds(1)) { await reader.read() }
    }
    if let end { throw ExitCode(end.exitCode) }
  }

  private func runOnCloudWatch() async throws {
    let places = try watching.watch(global)
    let watch = places.watch
    let status: @Sendable () -> LiveStatus = {
      LiveStatus(watch.current, every: watch.settings.interval, now: Int(Date().timeIntervalSince1970))
    }
    guard isScreen else {
      return try await places.readOnce {
        if watch.current.places.contains(where: { $0.readAt != nil }) { try global.show(LiveTable(status())) }
      }
    }
    let end = try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await places.run() }
      defer { group.cancelAll() }
      return try await show(address: nil, refresh: .seconds(1)) {
        let state = watch.current
        guard !state.isRead else { return .success(status()) }
        return .failure(LiveProblem("CloudWatch is being read."))
      }
    }
    if let end { throw ExitCode(end.exitCode) }
  }

  private func show(
    address: String?, refresh: Duration, fetch: @escaping @Sendable () async -> Result<LiveStatus, LiveProblem>
  ) async throws -> Interruption.Signal? {
    let screen = LiveScreen(address: address, isUnicode: FullScreen.isUnicode(), onlyBusy: onlyBusy)
    return try await FullScreen.run(screen, global.console, refresh: refresh, fetch: fetch)
  }
}
