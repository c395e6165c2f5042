import AWSServer
import AWSWire
import Bedquota
package import Foundation

/// The model that a request names, and the id that the gateway invokes for it: another one if the name is one of the configuration's.
package struct InvokedName: Sendable, Equatable {
  /// As the caller wrote it.
  package var name: String
  /// As AWS gets it.
  package var id: String
  /// What the configuration says of the name; nil: nothing.
  package var route: ModelRoute?

  /// - Parameters:
  ///   - name: what the path or the body says.
  ///   - models: the names of the configuration.
  package init(_ name: String, models: [String: [ModelRoute]]) {
    self.name = name
    route = models[name]?.first
    id = route?.id ?? name
  }

  package var isRenamed: Bool { id != name }

  /// A key may have a name, or what it stands for.
  func isAllowed(to caller: Caller) -> Bool { caller.mayInvoke(id) || (isRenamed && caller.mayInvoke(name)) }

  /// `/model/{id}/{operation}` with the id; everything else as it came.
  package func target(from target: String) -> String {
    let path = target.prefix { $0 != "?" }
    guard isRenamed, path.hasPrefix("/model/"), let slash = path.lastIndex(of: "/") else { return target }
    return "/model/" + PercentEncoding.encode(id) + target[slash...]
  }

  /// The body with the id as its member `model`; every other byte as it came.
  package func body(from body: Data) throws(GatewayRefusal) -> Data {
    guard isRenamed else { return body }
    do {
      return Data(try JSONPatch.setting(["model"], to: .string(id), in: Array(body)))
    } catch {
      throw .invalid(
        "The body can't be read, so its model can't be replaced by the one that its name stands for; send it as JSON.")
    }
  }
}

extension InvokedName {
  /// The model that a body names.
  init(_ relayed: RelayedRequest, models: [String: [ModelRoute]]) throws(GatewayRefusal) {
    guard relayed.models.count < 2 else { throw .invalid("The body names more than one model; name one.") }
    guard let model = relayed.models.first else {
      throw .invalid(
        relayed.unread == nil
          ? "The body names no model; set its member model." : "The body can't be read, so it names no model; send it as JSON.")
    }
    self.init(model, models: models)
    // Of two members, one would keep the name.
    if isRenamed, relayed.repeatsModel { throw .invalid("The body has its member model twice; send it once.") }
  }
}
