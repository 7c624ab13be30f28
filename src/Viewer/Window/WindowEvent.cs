namespace Cellpose3D.Viewer.Window;

/// <summary>What a person did in a window.</summary>
internal abstract record WindowEvent
{
    private WindowEvent()
    {
    }

    /// <summary>A key went down, or repeats.</summary>
    public sealed record Key(WindowKey Code, bool Shift) : WindowEvent;

    /// <summary>A mouse button went down or up.</summary>
    public sealed record Button(int Which, bool IsDown, bool Shift) : WindowEvent;

    /// <summary>The mouse moved; shares of the window from its top left corner.</summary>
    public sealed record Move(double X, double Y) : WindowEvent;

    /// <summary>The wheel turned; above 0 away from the person.</summary>
    public sealed record Scroll(double By) : WindowEvent;

    /// <summary>The window shows what is no longer right.</summary>
    public sealed record Refresh : WindowEvent;
}
