using Cellpose3D.Core2D.Network;

using var net = new CellposeNet(NetArchitecture.FromBase(8));
foreach (var t in NetWeights.FromNet(net).Tensors)
    Console.WriteLine($"{t.Name} ({string.Join(", ", t.Shape)}) {t.Type}");
