using System.Runtime.InteropServices;
using Cellpose3D.Core2D.Native;
using TorchSharp;

namespace Cellpose3D.Core2D.Training;

/// <summary>Makes libtorch run convolutions and linear layers in bfloat16 on this thread until it is disposed.</summary>
/// <remarks>
/// TorchSharp wraps neither autocast nor gradient scaling. The switch itself is five plain functions of libtorch, called here by the
/// names its C++ compiler gave them; a libtorch that lacks one is refused with a message.
/// </remarks>
internal sealed unsafe class AutocastScope : IDisposable
{
    private const sbyte BFloat16 = 15;      // c10::ScalarType

    private static readonly Lazy<Functions> Native = new(Functions.Find);

    private readonly sbyte _device;
    private readonly bool _wasEnabled;

    /// <summary>Switches autocast on.</summary>
    /// <param name="device">CPU or CUDA.</param>
    /// <exception cref="NotSupportedException">The loaded libtorch does not have the functions.</exception>
    internal AutocastScope(DeviceType device)
    {
        _device = (sbyte)device;
        Functions native = Native.Value;
        _wasEnabled = native.IsEnabled(_device) != 0;
        native.SetType(_device, BFloat16);
        native.SetEnabled(_device, 1);
        _ = native.Enter();
    }

    public void Dispose()
    {
        Functions native = Native.Value;
        if (native.Leave() == 0)
            native.ClearCache();            // weights cast for this pass
        native.SetEnabled(_device, _wasEnabled ? (byte)1 : (byte)0);
    }

    private sealed class Functions
    {
        internal delegate* unmanaged<sbyte, byte> IsEnabled;
        internal delegate* unmanaged<sbyte, byte, void> SetEnabled;
        internal delegate* unmanaged<sbyte, sbyte, void> SetType;
        internal delegate* unmanaged<int> Enter, Leave;
        internal delegate* unmanaged<void> ClearCache;

        internal static Functions Find()
        {
            string path = Path.Combine(LibTorch.EnsureLoaded().Folder, "libtorch_cpu.so");
            nint library = NativeLibrary.Load(path);    // loaded long ago: this only gives the handle
            return new Functions
            {
                IsEnabled = (delegate* unmanaged<sbyte, byte>)Export("19is_autocast_enabledEN3c1010DeviceTypeE"),
                SetEnabled = (delegate* unmanaged<sbyte, byte, void>)Export("20set_autocast_enabledEN3c1010DeviceTypeEb"),
                SetType = (delegate* unmanaged<sbyte, sbyte, void>)Export("18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE"),
                Enter = (delegate* unmanaged<int>)Export("17increment_nestingEv"),
                Leave = (delegate* unmanaged<int>)Export("17decrement_nestingEv"),
                ClearCache = (delegate* unmanaged<void>)Export("11clear_cacheEv"),
            };

            nint Export(string name) => NativeLibrary.TryGetExport(library, "_ZN2at8autocast" + name, out nint address)
                ? address
                : throw new NotSupportedException($"mixed precision needs a libtorch of version 2.4 or newer; '{path}' has no function {name}. Train without it.");
        }
    }
}
