package import AWSWire
import Foundation
import Synchronization

/// The quotas of one Region, as loaded from the account folder and changed since.
///
/// They are encoded when they change, not when they are listed.
package final class QuotaBook: Sendable {
  /// Called after a change with the quota's code and its value in force; nil if it has none.
  package typealias Listener = @Sendable (_ code: String, _ value: Double?) -> Void

  /// The values that Service Quotas accepts.
  static let valueRange = 0.0...10_000_000_000

  private struct Applied: Sendable {
    var quotas: [ServiceQuota]
    var items: [Data]
    var indexByCode: [String: Int]

    init(_ quotas: [ServiceQuota]) throws {
      self.quotas = quotas
      items = try EncodedList(quotas).items
      indexByCode = Self.indices(quotas)
    }

    static func indices(_ quotas: [ServiceQuota]) -> [String: Int] {
      Dictionary(zip(quotas.map(\.quotaCode), quotas.indices)) { first, _ in first }
    }

    func quota(_ code: String) -> ServiceQuota? { indexByCode[code].map { quotas[$0] } }

    mutating func set(_ quota: ServiceQuota, _ item: Data, at index: Int) {
      quotas[index] = quota
      items[index] = item
    }

    mutating func insert(_ quota: ServiceQuota, _ item: Data, at index: Int) {
      quotas.insert(quota, at: index)
      items.insert(item, at: index)
      indexByCode = Self.indices(quotas)
    }
  }

  private let accountID: String
  private let region: String
  private let defaults: [ServiceQuota]
  private let defaultItems: [Data]
  private let defaultIndexByCode: [String: Int]
  private let loaded: Applied
  private let applied: Mutex<Applied>
  // Locked for a change and its announcement together, so that the last announcement has the last value. Readers lock only
  // `applied`, so they may hold other locks.
  private let listener = Mutex<Listener?>(nil)

  package init(_ account: EmulatedAccount) throws {
    accountID = account.accountID
    region = account.region
    defaults = account.defaults
    defaultItems = try EncodedList(account.defaults).items
    defaultIndexByCode = Applied.indices(account.defaults)
    loaded = try Applied(account.applied)
    applied = Mutex(loaded)
  }

  /// Sets the listener and replaces any earlier one. It may read the quotas, but must not change them.
  package func onChange(_ listener: Listener?) { self.listener.withLock { $0 = listener } }

  /// Sets the applied value. A quota with only a default value gets an applied entry, in the order of the defaults.
  /// - Returns: false if the code is unknown or the value is not in ``valueRange``.
  package func setValue(_ value: Double, of code: String) -> Bool {
    guard Self.valueRange.contains(value) else { return false }  // NaN is in no range.
    return listener.withLock { listener in
      let isKnown = applied.withLock { applied in set(value, of: code, in: &applied) }
      if isKnown { listener?(code, value) }
      return isKnown
    }
  }

  /// Restores the quotas as they were loaded.
  package func reset() {
    listener.withLock { listener in
      let old = applied.withLock { applied in
        let old = applied
        applied = loaded
        return old
      }
      guard let listener else { return }
      for quota in old.quotas {
        let code = quota.quotaCode
        let value = loaded.quota(code).map(\.value) ?? defaultQuota(code)?.value
        if value != quota.value { listener(code, value) }
      }
    }
  }

  /// The value in force: the applied one, else the default.
  package func value(of code: String) -> Double? { quota(code)?.value }

  /// The applied entry, else the default one.
  package func quota(_ code: String) -> ServiceQuota? { applied.withLock { $0.quota(code) } ?? defaultQuota(code) }

  func defaultQuota(_ code: String) -> ServiceQuota? { defaultIndexByCode[code].map { defaults[$0] } }

  var appliedList: EncodedList { EncodedList(encoded: applied.withLock { $0.items }) }
  var defaultList: EncodedList { EncodedList(encoded: defaultItems) }

  func appliedItem(_ code: String) -> Data? {
    applied.withLock { applied in applied.indexByCode[code].map { applied.items[$0] } }
  }

  func defaultItem(_ code: String) -> Data? { defaultIndexByCode[code].map { defaultItems[$0] } }

  private func set(_ value: Double, of code: String, in applied: inout Applied) -> Bool {
    guard var quota = applied.quota(code) ?? defaultQuota(code) else { return false }
    quota.value = value
    quota.errorReason = nil  // The reason for not having a value.
    let index = applied.indexByCode[code]
    if index == nil { complete(&quota) }
    guard let item = try? EncodedList([quota]).items.first else { return false }
    if let index {
      applied.set(quota, item, at: index)
    } else {
      // Insert it after the nearest preceding default that has an applied entry.
      let before = defaults[..<(defaultIndexByCode[code] ?? 0)].last { applied.indexByCode[$0.quotaCode] != nil }
      let place = before.flatMap { applied.indexByCode[$0.quotaCode] }.map { $0 + 1 } ?? 0
      applied.insert(quota, item, at: place)
    }
    return true
  }

  /// Adds the members that applied entries have and default ones may not.
  private func complete(_ quota: inout ServiceQuota) {
    quota.quotaAppliedAtLevel = quota.quotaAppliedAtLevel ?? "ACCOUNT"
    quota.quotaArn = arn(of: quota)
  }

  /// The quota's ARN, with the account. The ARN of a default value has none: `arn:aws:servicequotas:us-east-1::bedrock/L-…`.
  func arn(of quota: ServiceQuota) -> String {
    if let text = quota.quotaArn, let arn = ARN(text), !arn.account.isEmpty { return text }
    return ARN(service: "servicequotas", region: region, account: accountID, resource: "bedrock/\(quota.quotaCode)").description
  }
}
