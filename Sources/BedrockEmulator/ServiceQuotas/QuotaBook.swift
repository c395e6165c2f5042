package import AWSWire
import Foundation
import Synchronization

/// The quotas of one Region while the emulator runs: as the account folder has them, until somebody changes one.
///
/// Items are encoded when they change, not when they are listed.
package final class QuotaBook: Sendable {
  /// Called after a change with the code and the value that now counts; nil where there is none any more.
  package typealias Listener = @Sendable (_ code: String, _ value: Double?) -> Void

  /// What Service Quotas' model lets a value be.
  package static let valueRange = 0.0...10_000_000_000

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
  // Held through a change and its announcement, so that the last announcement is of the last value. A reader takes only
  // `applied`, and may hold locks of its own meanwhile.
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

  /// Sets who is told of changes; one at a time. It may read the book, but must not change it.
  package func onChange(_ listener: Listener?) { self.listener.withLock { $0 = listener } }

  /// Sets the applied value; a quota that was there by default only gets an applied entry, in its place among the others.
  /// - Returns: false for an unknown code, or a value outside ``valueRange``.
  package func setValue(_ value: Double, of code: String) -> Bool {
    guard Self.valueRange.contains(value) else { return false }  // Not a number is in no range.
    return listener.withLock { listener in
      let isKnown = applied.withLock { applied in set(value, of: code, in: &applied) }
      if isKnown { listener?(code, value) }
      return isKnown
    }
  }

  /// Back to the account as it was loaded.
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

  /// The value that counts: the applied one, else the default.
  package func value(of code: String) -> Double? { quota(code)?.value }

  /// The applied entry, else the default one.
  package func quota(_ code: String) -> ServiceQuota? { applied.withLock { $0.quota(code) } ?? defaultQuota(code) }

  package func defaultQuota(_ code: String) -> ServiceQuota? { defaultIndexByCode[code].map { defaults[$0] } }

  var appliedList: EncodedList { EncodedList(encoded: applied.withLock { $0.items }) }
  var defaultList: EncodedList { EncodedList(encoded: defaultItems) }

  func appliedItem(_ code: String) -> Data? {
    applied.withLock { applied in applied.indexByCode[code].map { applied.items[$0] } }
  }

  func defaultItem(_ code: String) -> Data? { defaultIndexByCode[code].map { defaultItems[$0] } }

  private func set(_ value: Double, of code: String, in applied: inout Applied) -> Bool {
    guard var quota = applied.quota(code) ?? defaultQuota(code) else { return false }
    quota.value = value
    quota.errorReason = nil  // It said why there was no value.
    let index = applied.indexByCode[code]
    if index == nil { complete(&quota) }
    guard let item = try? EncodedList([quota]).items.first else { return false }
    if let index {
      applied.set(quota, item, at: index)
    } else {
      // After the nearest of the defaults before it that has an applied entry.
      let before = defaults[..<(defaultIndexByCode[code] ?? 0)].last { applied.indexByCode[$0.quotaCode] != nil }
      let place = before.flatMap { applied.indexByCode[$0.quotaCode] }.map { $0 + 1 } ?? 0
      applied.insert(quota, item, at: place)
    }
    return true
  }

  /// What an applied entry says and a default one may leave out.
  private func complete(_ quota: inout ServiceQuota) {
    quota.quotaAppliedAtLevel = quota.quotaAppliedAtLevel ?? "ACCOUNT"
    quota.quotaArn = arn(of: quota)
  }

  /// The quota's own, unless it names no account: `arn:aws:servicequotas:us-east-1::bedrock/L-…` is a default's.
  func arn(of quota: ServiceQuota) -> String {
    let fields = quota.quotaArn?.split(separator: ":", omittingEmptySubsequences: false) ?? []
    if let arn = quota.quotaArn, fields.count > 5, !fields[4].isEmpty { return arn }
    return "arn:aws:servicequotas:\(region):\(accountID):bedrock/\(quota.quotaCode)"
  }
}
