using Cellpose3D.Core2D.Native;

Console.WriteLine(LibTorch.EnsureLoaded());
using var t = TorchSharp.torch.ones(2, 3);
Console.WriteLine(t.sum().item<float>());
