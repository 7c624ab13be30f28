using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Native;

/// <summary>Chooses where the network runs.</summary>
public static class ComputeDevice
{
    /// <summary>Whether the loaded libtorch has CUDA and finds a device.</summary>
    public static bool CudaIsAvailable => LibTorch.EnsureLoaded().HasCuda && cuda_is_available();

    /// <summary>Finds the device of a name.</summary>
    /// <param name="name"><c>auto</c> (the first CUDA device if there is one, else the CPU), <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
    /// <exception cref="ArgumentException">Not one of those names.</exception>
    /// <exception cref="DeviceNotAvailableException">CUDA was asked for and libtorch has none, or there are fewer devices.</exception>
    public static Device Select(string name)
    {
        LibTorchInfo library = LibTorch.EnsureLoaded();
        if (name == "cpu")
            return CPU;
        if (name == "auto")
            return CudaIsAvailable ? new Device(DeviceType.CUDA, 0) : CPU;

        int index = 0;
        if (name != "cuda" && !(name.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out index)))
        {
            throw new ArgumentException($"device must be auto, cpu, cuda or cuda:N; got '{name}'.", nameof(name));
        }
        if (!library.HasCuda)
        {
            throw new DeviceNotAvailableException(
                $"device '{name}' was asked for, but the libtorch of '{library.Folder}' is a CPU build; set {LibTorch.FolderVariable} to the lib folder of a libtorch or PyTorch with CUDA, or use --device cpu.");
        }
        if (!cuda_is_available())
            throw new DeviceNotAvailableException($"device '{name}' was asked for, but CUDA finds no device; check the driver with nvidia-smi, or use --device cpu.");
        int count = cuda.device_count();
        if (index >= count)
            throw new DeviceNotAvailableException($"device '{name}' was asked for, but there are {count} CUDA devices (cuda:0 to cuda:{count - 1}).");
        return new Device(DeviceType.CUDA, index);
    }

    /// <summary>One line about the choice, for the user.</summary>
    /// <param name="device">The chosen device.</param>
    /// <param name="asked">What was asked for.</param>
    public static string Describe(Device device, string asked)
    {
        string threads = string.Create(CultureInfo.InvariantCulture, $"{get_num_threads()} thread{(get_num_threads() == 1 ? "" : "s")}");
        if (device.type == DeviceType.CUDA)
            return $"cuda:{device.index}" + (asked == "auto" ? " (chosen because CUDA is there)" : "");
        return $"cpu, {threads}" + (asked != "auto" ? "" : LibTorch.EnsureLoaded().HasCuda ? " (CUDA finds no device)" : " (libtorch is the CPU build)");
    }
}
