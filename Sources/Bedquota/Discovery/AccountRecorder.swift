import AWSClient
import AWSWire
public import Foundation

/// Saves an account's quotas, models and profiles as an account folder, which the emulator serves.
public struct AccountRecorder: Sendable {
  let session: BedquotaSession

  public init(session: BedquotaSession) { self.session = session }

  /// The files that were written, and how much is in them.
  public struct Summary: Sendable {
    public var files: [String]
    public var quotas: Int
    public var models: Int
    public var profiles: Int
  }

  /// Reads everything before it writes anything, and writes each file atomically, so that a denied call leaves no incomplete
  /// account. Only the owner can read the files: they name the account and tell its limits.
  ///
  /// Each file is what the AWS CLI prints for the call that it is named after. The file of provisioned throughputs is left out if
  /// bedrock:ListProvisionedModelThroughputs is denied; an account folder doesn't need it.
  /// - Throws: `AWSClientError` if something can't be read; ``BedquotaError`` and Foundation's errors if something can't be
  ///   written.
  public func record(into directory: URL, progress: QuotaDiscovery.Progress? = nil) async throws -> Summary {
    let region = try session.client.configuration.requireRegion()
    let counter = ProgressCounter(progress)
    async let applied = session.discovery.pages(.applied, counter)
    async let defaults = session.discovery.pages(.defaults, counter)
    async let catalog = session.discovery.catalog()
    async let provisioned = provisionedModels()
    async let account = session.discovery.accountID()
    let read = try await (
      applied: applied.flatMap(\.quotas), defaults: defaults.flatMap(\.quotas), catalog: catalog, provisioned: provisioned,
      account: account
    )

    try refuseOtherAccount(in: directory, account: read.account, region: region)
    let profiles = read.catalog.profiles.map(\.withCLITimestamps)
    let models = read.catalog.models.map(\.withCLITimestamps)
    var files: [(String, any Encodable)] = [
      ("list-service-quotas.json", ServiceQuotaPage(quotas: read.applied)),
      ("list-aws-default-service-quotas.json", ServiceQuotaPage(quotas: read.defaults)),
      ("list-foundation-models.json", FoundationModelList(modelSummaries: models)),
      ("list-inference-profiles.json", InferenceProfilePage(inferenceProfileSummaries: profiles)),
      ("account.json", AccountFile(accountId: read.account, region: region)),
    ]
    if let provisioned = read.provisioned?.map(\.withCLITimestamps) {
      let page = ProvisionedModelPage(provisionedModelSummaries: provisioned)
      files.append(("list-provisioned-model-throughputs.json", page))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    for (name, content) in files {
      var data = try encoder.encode(content)
      data.append(UInt8(ascii: "\n"))
      let path = directory.appending(path: name).path
      do { try PrivateFile.write(data, to: path) } catch { throw BedquotaError.file("\(path) can't be written", error) }
    }
    return Summary(
      files: files.map(\.0), quotas: Set((read.applied + read.defaults).map(\.quotaCode)).count, models: models.count,
      profiles: profiles.count)
  }

  /// nil if the caller may not list them.
  private func provisionedModels() async throws -> [ProvisionedModelSummary]? {
    do {
      return try await session.discovery.provisionedModels()
    } catch let error as AWSClientError where error.isDenied {
      return nil
    }
  }

  /// Writing into the folder of another account or Region would mix the two.
  private func refuseOtherAccount(in directory: URL, account: String, region: String) throws {
    guard let held = Self.account(heldBy: directory), held.accountId != account || held.region != region else { return }
    throw BedquotaError(
      .configuration,
      "\(directory.path) holds account \(held.accountId) in \(held.region), this is \(account) in \(region); choose another folder."
    )
  }

  /// The account of a folder, from `account.json` or else from the ARNs of the quotas; nil if the folder has neither.
  private static func account(heldBy directory: URL) -> AccountFile? {
    func read<Value: Decodable>(_ type: Value.Type, _ name: String) -> Value? {
      (try? Data(contentsOf: directory.appending(path: name))).flatMap { try? JSONDecoder().decode(type, from: $0) }
    }
    if let told = read(AccountFile.self, "account.json") { return told }
    let arns = read(ServiceQuotaPage.self, "list-service-quotas.json")?.quotas.lazy.compactMap(\.quotaArn)
    return arns?.first.flatMap { ARN($0) }.map { AccountFile(accountId: $0.account, region: $0.region) }
  }

  private struct AccountFile: Codable {
    var accountId: String
    var region: String
  }
}

extension InferenceProfile {
  fileprivate var withCLITimestamps: InferenceProfile {
    var copy = self
    copy.createdAt = createdAt.map(CLITimestamp.spell)
    copy.updatedAt = updatedAt.map(CLITimestamp.spell)
    return copy
  }
}

extension ProvisionedModelSummary {
  fileprivate var withCLITimestamps: ProvisionedModelSummary {
    var copy = self
    copy.commitmentExpirationTime = commitmentExpirationTime.map(CLITimestamp.spell)
    copy.creationTime = creationTime.map(CLITimestamp.spell)
    copy.lastModifiedTime = lastModifiedTime.map(CLITimestamp.spell)
    return copy
  }
}

extension FoundationModel {
  fileprivate var withCLITimestamps: FoundationModel {
    var copy = self
    copy.modelLifecycle?.startOfLifeTime = modelLifecycle?.startOfLifeTime.map(CLITimestamp.spell)
    copy.modelLifecycle?.endOfLifeTime = modelLifecycle?.endOfLifeTime.map(CLITimestamp.spell)
    copy.modelLifecycle?.legacyTime = modelLifecycle?.legacyTime.map(CLITimestamp.spell)
    copy.modelLifecycle?.publicExtendedAccessTime = modelLifecycle?.publicExtendedAccessTime.map(CLITimestamp.spell)
    return copy
  }
}
