namespace Cellpose3D.Cli.Reporting;

/// <summary>Shows how far a command is: a bar on a terminal, lines elsewhere.</summary>
internal interface IProgressDisplay : IProgress<float>
{
    /// <summary>Work on one unit begins.</summary>
    /// <param name="unit">Index from 0.</param>
    /// <param name="name">Shown beside the bar.</param>
    public void Begin(int unit, string name);

    /// <summary>Work on one unit is over, well or not.</summary>
    /// <param name="unit">Index from 0.</param>
    /// <param name="line">What came of it.</param>
    public void Done(int unit, string line);
}
