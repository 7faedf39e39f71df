"""The engine: takes runs to their end. Private; plugins see it through `stratagem.views`.

To read it, begin with how a run is taken to its end (`runner`, `execute`, `run`), go on with what it is made of
(`parts`, `frame`, `strand`), then with how one step is run (`binding`, `injection`, `bodies`, `flows`, `offload`, `derived`),
what becomes of it (`outputs`, `unwrap`, `faults`, `kept`, `result`), how leases are kept (`leasing`,
`leases`, `holder`), and last what looks on: `recording`, `events`, `steptimes`, `gauges`, `watch`, `watchdog`,
`slowness`, `blame`.
"""
