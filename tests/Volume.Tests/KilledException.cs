namespace Cellpose3D.Volume.Tests;

/// <summary>Stands for the end of a process.</summary>
internal sealed class KilledException : Exception
{
}
