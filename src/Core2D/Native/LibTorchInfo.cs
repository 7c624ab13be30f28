namespace Cellpose3D.Core2D.Native;

/// <summary>What <see cref="LibTorch.EnsureLoaded"/> loaded.</summary>
/// <param name="Folder">Folder the libtorch libraries came from.</param>
/// <param name="Version">Version of TorchSharp, for example <c>0.107.0</c>.</param>
/// <param name="HasCuda">Whether the folder holds the CUDA build.</param>
/// <param name="PatchedBinding">Whether TorchSharp's binding was loaded from the copy for older C++ run times.</param>
public sealed record LibTorchInfo(string Folder, string Version, bool HasCuda, bool PatchedBinding);
