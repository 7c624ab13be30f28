using System.Runtime.CompilerServices;
using Cellpose3D.Core2D.Native;

namespace Cellpose3D.Tests.Support;

/// <summary>Loads libtorch before a test assembly's first test; call it from a module initialiser there.</summary>
public static class TorchSetup
{
    public static void Load() => LibTorch.EnsureLoaded();
}
