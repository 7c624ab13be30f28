namespace Cellpose3D.Viewer.Server;

/// <summary>How the browser front is served and what it begins with.</summary>
public sealed record ViewOptions
{
    /// <summary>Port on 127.0.0.1; 0, the default, takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Path that a proxy puts before every address, such as <c>/node/n017/8000</c>; empty, the default, for none.</summary>
    public string BasePath { get; init; } = "";

    /// <summary>Names besides 127.0.0.1 and localhost that requests may be addressed to: those of proxies. Default none.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>The secret in the address; null, the default, makes one.</summary>
    public string? Token { get; init; }

    /// <summary>The longest message a page may send, in bytes; a long stroke of the brush has a few thousand. Default 1 MiB.</summary>
    public int LongestMessage { get; init; } = 1 << 20;

    /// <summary>The largest file that may be dropped on a page, in bytes. Default 1 GiB.</summary>
    public long LargestDrop { get; init; } = 1L << 30;

    /// <summary>After how long without a change of the camera the full picture is drawn. Default 120 ms.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromMilliseconds(120);

    /// <summary>What the page calls the image.</summary>
    public string Title { get; init; } = "";

    /// <summary>Keyboard profile that a page begins with: cellpose3d, cellpose or napari.</summary>
    public string Keys { get; init; } = "cellpose3d";
}
