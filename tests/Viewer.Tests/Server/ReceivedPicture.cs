using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Cellpose3D.Viewer.Tests.Server;

/// <summary>A picture of the 3D view as a page receives it.</summary>
internal sealed record ReceivedPicture(JsonObject Header, byte[] Jpeg, byte[] Packed)
{
    public (int Width, int Height) Size => ((int)Header["width"]!, (int)Header["height"]!);

    public bool IsFull => Packed.Length > 0;

    public uint[] Ids()
    {
        using var zlib = new ZLibStream(new MemoryStream(Packed), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        zlib.CopyTo(bytes);
        return MemoryMarshal.Cast<byte, uint>(bytes.ToArray()).ToArray();
    }
}
