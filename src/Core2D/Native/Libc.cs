using System.Runtime.InteropServices;

namespace Cellpose3D.Core2D.Native;

/// <summary>The few calls into glibc that .NET does not wrap.</summary>
internal static partial class Libc
{
    internal const int TrimThreshold = -1, TopPad = -2, MmapThreshold = -3, MmapMax = -4;

    /// <summary>Sets one parameter of malloc; returns 1 when it was taken.</summary>
    [LibraryImport("libc", EntryPoint = "mallopt")]
    internal static partial int MallOpt(int parameter, int value);

    /// <summary>Gives free memory at the top of the heap back to the kernel.</summary>
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    internal static partial int MallocTrim(nuint pad);

    /// <summary>Looks a symbol up under one version; zero when that version is not defined.</summary>
    [LibraryImport("libc.so.6", EntryPoint = "dlvsym", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint VersionedSymbol(nint library, string symbol, string version);
}
