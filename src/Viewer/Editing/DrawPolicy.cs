namespace Cellpose3D.Viewer.Editing;

/// <summary>What drawing may change.</summary>
public enum DrawPolicy
{
    /// <summary>Everything.</summary>
    All,

    /// <summary>Background only: cells stay whole, what overlaps them is cropped.</summary>
    Background,

    /// <summary>One cell only.</summary>
    Cell,

    /// <summary>Only what lies at the first point: a brush in 3D leaves what is behind the cell it touches.</summary>
    FirstHit,
}
