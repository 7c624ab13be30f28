namespace Cellpose3D.Viewer.Window;

/// <summary>Keys that do something, with GLFW's numbers.</summary>
internal enum WindowKey
{
    View1 = '1',
    View2 = '2',
    View3 = '3',
    View4 = '4',
    View5 = '5',
    View6 = '6',
    B = 'B',
    H = 'H',
    I = 'I',
    Q = 'Q',
    S = 'S',
    T = 'T',
    V = 'V',
    Z = 'Z',
    Escape = 256,
    Tab = 258,
    Right = 262,
    Left = 263,
    Down = 264,
    Up = 265,
    Home = 268,
}
