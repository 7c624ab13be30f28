using System.Runtime.CompilerServices;
using Cellpose3D.Core2D.Native;

namespace Cellpose3D.Tracking.Tests;

internal static class ModuleSetup
{
    // tests touch TorchSharp's statics themselves, which must come after loading
    [ModuleInitializer]
    internal static void LoadLibTorch() => LibTorch.EnsureLoaded();
}
