// The npm package `ocpp-rpc` in strict mode, in memory: node tests/bench/ocpp_rpc_server.cjs; prints its port.
const { RPCServer } = require("ocpp-rpc");

const now = () => new Date().toISOString();
let transactionId = 0;
const server = new RPCServer({ protocols: ["ocpp1.6"], strictMode: true });
server.auth((accept) => accept({}));
server.on("client", (client) => {
  client.handle("BootNotification", () => ({ status: "Accepted", interval: 300, currentTime: now() }));
  client.handle("Heartbeat", () => ({ currentTime: now() }));
  client.handle("StatusNotification", () => ({}));
  client.handle("MeterValues", () => ({}));
  client.handle("StartTransaction", () => ({ transactionId: ++transactionId, idTagInfo: { status: "Accepted" } }));
});
server.listen(0, "127.0.0.1").then((http) => console.log(http.address().port));
