import AWSWire
import Bedquota
import Yams

/// Accounts, and the names of models that lead to them.
extension ConfigurationReader {
  private static let accountsMax = 100
  private static let namesMax = 1_000

  mutating func accounts(_ node: Node?) -> [AccountSettings] {
    guard let node else { return [] }
    guard let nodes = node.sequence.map(Array.init) else {
      report(node, "accounts must be a list, with - before each account")
      return []
    }
    if nodes.count > Self.accountsMax { report(node, "accounts has more than \(Self.accountsMax) accounts") }
    var accounts: [AccountSettings] = []
    for (index, node) in nodes.prefix(Self.accountsMax).enumerated() {
      guard let account = account(node, "accounts[\(index)]") else { continue }
      for other in accounts { checkApart(account, other, node, "accounts[\(index)]") }
      accounts.append(account)
    }
    return accounts
  }

  /// Two entries of one account and Region would count its quotas twice.
  private mutating func checkApart(_ new: AccountSettings, _ old: AccountSettings, _ node: Node, _ path: String) {
    if new.name == old.name {
      report(node, "\(path) is the second account that is called \(new.name); give it a name of its own")
    }
    if let region = new.regionShared(with: old) {
      report(
        node,
        "\(path) is the AWS account of another entry, and both serve \(region), so its quotas would be counted twice; name each Region once"
      )
    }
  }

  /// - Returns: nil if nobody can tell which account is meant.
  private mutating func account(_ node: Node, _ path: String) -> AccountSettings? {
    var account = AccountSettings()
    let ofRoles = ["session_name", "external_id", "duration"]
    let members = members(node, path, known: ["name", "role", "regions"] + ofRoles)
    account.role = role(members, path)
    account.sessionName = value(
      members["session_name"], "\(path).session_name",
      "2 to 64 letters, digits and + = , . @ - _, with {key} for the caller's name", RoleSessionName.init)
    account.name =
      value(members["name"], "\(path).name", CallerKey.nameForm) { CallerKey.isName($0) ? $0 : nil } ?? account.accountID
      ?? AccountSettings.ownName
    account.regions = list(members["regions"], "\(path).regions").compactMap { node in
      value(node, "\(path).regions", "the name of a Region, such as us-east-1") { RegionName.isValid($0) ? $0 : nil }
    }
    for name in ofRoles where members[name] != nil && members["role"] == nil {
      report(members[name], "\(path).\(name) is for the session of a role, and there is no role; leave it out")
    }
    return members["role"] != nil && account.role == nil ? nil : account
  }

  private mutating func role(_ members: [String: Node], _ path: String) -> AssumeRoleInput? {
    let form = "the ARN of an IAM role, such as arn:aws:iam::123456789012:role/bedrock"
    let arn = value(members["role"], "\(path).role", form) { text -> String? in
      guard let arn = ARN(text), arn.service == "iam", arn.resource.hasPrefix("role/"), arn.account.utf8.count == 12,
        arn.account.utf8.allSatisfy({ (48...57).contains($0) })
      else { return nil }
      return text
    }
    // Source: ExternalId and DurationSeconds, docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html.
    let externalID = value(
      members["external_id"], "\(path).external_id", "2 to 1224 letters, digits and + = , . @ : / - _"
    ) { text -> String? in
      let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_+=,.@:/-".contains($0)) }
      return isPlain && (2...1_224).contains(text.utf8.count) ? text : nil
    }
    let seconds = value(members["duration"], "\(path).duration", "a time from 15m to 12h") { text in
      ConfigurationValue.duration(text).flatMap { (900...43_200).contains($0.components.seconds) ? $0.components.seconds : nil }
    }
    guard let arn else { return nil }
    var role = AssumeRoleInput(roleARN: arn)
    (role.externalID, role.durationSeconds) = (externalID, seconds.map(Int.init))
    return role
  }

  // MARK: - Models

  /// What the names that callers use stand for.
  /// - Parameter accounts: those of the configuration; empty: the gateway's own alone.
  mutating func models(_ node: Node, accounts: [AccountSettings]) -> [String: [NamedRoute]] {
    var models: [String: [NamedRoute]] = [:]
    let entries = entries(node, "models")
    if entries.count > Self.namesMax { report(node, "models has more than \(Self.namesMax) names") }
    for (name, label, value) in entries.prefix(Self.namesMax) {
      guard CallerKey.isName(name) else {
        report(label, "a model can't be called '\(name.prefix(60))'; use \(CallerKey.nameForm)")
        continue
      }
      let routes = routes(value, "models.\(name)", accounts)
      if !routes.isEmpty { models[name] = routes }
    }
    return models
  }

  /// One route, or a list of them.
  private mutating func routes(_ node: Node, _ path: String, _ accounts: [AccountSettings]) -> [NamedRoute] {
    guard node.sequence != nil else { return [route(node, path, accounts)].compactMap(\.self) }
    let accountsOfRoutes = accounts.ofRoutes
    var routes: [NamedRoute] = []
    var places: [String: Set<NamedRoute.Place>] = [:]
    for node in list(node, path) {
      guard var route = route(node, path, accounts) else { continue }
      route.isListEntry = true
      for place in route.places(in: accountsOfRoutes) where !places[route.id, default: []].insert(place).inserted {
        let region = place.region.map { " in \($0)" } ?? ""
        report(node, "\(path) leads twice to \(route.id)\(region) of the account \(place.account); name each once")
        break
      }
      routes.append(route)
    }
    let count = routes.candidatesCount(in: accountsOfRoutes)
    if count > QuotaRouter.candidatesMax {
      report(node, "\(path) leads to \(count) candidates, and a name has at most \(QuotaRouter.candidatesMax); name fewer")
    }
    return routes
  }

  /// An id, or a mapping with an id and where it is invoked.
  private mutating func route(_ node: Node, _ path: String, _ accounts: [AccountSettings]) -> NamedRoute? {
    guard node.mapping != nil else { return modelID(node, path).map { NamedRoute(id: $0) } }
    let members = members(node, path, known: ["id", "account", "region"])
    if members["id"] == nil { report(node, "\(path) needs id, the model id or inference profile id to invoke") }
    guard let id = modelID(members["id"], "\(path).id") else { return nil }
    let route = NamedRoute(
      id: id, account: text(members["account"], "\(path).account"),
      region: value(members["region"], "\(path).region", "the name of a Region, such as us-east-1") {
        RegionName.isValid($0) ? $0 : nil
      })
    if let problem = route.problem(in: accounts) { report(members["account"] ?? members["region"], "\(path) \(problem)") }
    return route
  }

  private mutating func modelID(_ node: Node?, _ path: String) -> String? {
    value(node, path, "a model id, an inference profile id or an ARN, without wildcards") { text in
      ModelPattern(text) != nil && !text.contains("*") ? text : nil
    }
  }
}

extension [AccountSettings] {
  /// The accounts of a configuration as far as routes look at them; of none, the gateway's own.
  var ofRoutes: [NamedRoute.Account] {
    (isEmpty ? [AccountSettings()] : self).map { NamedRoute.Account(name: $0.name, regions: $0.regions) }
  }
}

extension NamedRoute {
  /// Why no request can take the route, in words that follow its name; nil if one can.
  /// - Parameter accounts: those of the configuration; empty: the gateway's own alone.
  func problem(in accounts: [AccountSettings]) -> String? {
    let accounts = accounts.isEmpty ? [AccountSettings()] : accounts
    let candidates = accounts.filter { account == nil || $0.name == account }
    if candidates.isEmpty {
      let names = accounts.map(\.name).joined(separator: ", ")
      return "names the account '\((account ?? "").prefix(60))', and accounts has \(names)"
    }
    guard let region, !candidates.contains(where: { $0.regions.isEmpty || $0.regions.contains(region) }) else { return nil }
    let served = candidates.map { "\($0.name) serves \($0.regions.joined(separator: ", "))" }.joined(separator: "; ")
    return "is in the Region \(region), and \(served)"
  }
}
