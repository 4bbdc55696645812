package audit

import "fmt"

// element names an element of a tensor, "dW1[0,3]".
func element(tensor string, i, j int) string { return fmt.Sprintf("%s[%d,%d]", tensor, i, j) }
