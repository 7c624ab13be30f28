namespace Cellpose3D.Viewer.Editing;

/// <summary>What drawing may change.</summary>
/// <param name="Policy">The kind.</param>
/// <param name="Id">The cell, for <see cref="DrawPolicy.Cell"/>.</param>
public sealed record DrawOver(DrawPolicy Policy, uint Id = 0)
{
    /// <summary>Everything.</summary>
    public static DrawOver All { get; } = new(DrawPolicy.All);

    /// <summary>Background only.</summary>
    public static DrawOver Background { get; } = new(DrawPolicy.Background);

    /// <summary>What lies at the first point.</summary>
    public static DrawOver FirstHit { get; } = new(DrawPolicy.FirstHit);

    /// <summary>One cell.</summary>
    /// <param name="id">The cell.</param>
    public static DrawOver Cell(uint id) => new(DrawPolicy.Cell, id);
}
